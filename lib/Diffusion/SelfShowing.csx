#nullable enable
using System;
using System.IO;

/// <summary>
/// Says which formatters show a type. .NET Interactive looks for an attribute of this name and for
/// nothing else of it, so the library needs no reference to the engine.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;
}

/// <summary>Formatters for types that have a <c>ToHtml()</c>; found by name, see <see cref="TypeFormatterSourceAttribute"/>.</summary>
public sealed class HtmlFormatterSource
{
    public object[] CreateTypeFormatters() =>
        [new ByMethod("text/html", "ToHtml"), new ByMethod("text/plain", "ToString")];

    private sealed class ByMethod(string mimeType, string method)
    {
        public string MimeType { get; } = mimeType;

        public bool Format(object instance, TextWriter writer)
        {
            var text = instance
                .GetType()
                .GetMethod(method, Type.EmptyTypes)
                ?.Invoke(instance, null);
            writer.Write(text as string);
            return text is not null;
        }
    }
}
