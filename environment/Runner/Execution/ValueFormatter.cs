using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Runner.Execution;

/// <summary>Turns a value into the texts that a notebook shows, by the engine's conventions.</summary>
internal static class ValueFormatter
{
    public const string PlainText = "text/plain";

    // The engine shows the first 20 elements of a sequence.
    private const int ShownElements = 20;
    private const int LongestText = 10_000;

    /// <param name="value">What is shown.</param>
    /// <param name="mimeTypes">The media types that were asked for; all that there are where empty.</param>
    public static IReadOnlyDictionary<string, string> Format(
        object? value,
        IReadOnlyCollection<string> mimeTypes
    )
    {
        var formatted = ByConvention(value);
        formatted.TryAdd(PlainText, Shortened(Plain(value)));
        if (mimeTypes.Count == 0)
            return formatted;
        var wanted = formatted.Where(f => mimeTypes.Contains(f.Key)).ToDictionary();
        return wanted.Count > 0 ? wanted : formatted;
    }

    /// <summary>
    /// The engine looks for an attribute of this name, whosever it is, whose property
    /// <c>FormatterSourceType</c> names a class with <c>CreateTypeFormatters()</c>; each formatter has
    /// <c>MimeType</c> and <c>Format(object, TextWriter)</c>.
    /// </summary>
    private static Dictionary<string, string> ByConvention(object? value)
    {
        var formatted = new Dictionary<string, string>();
        var attributes = value?.GetType().GetCustomAttributes(inherit: true) ?? [];
        foreach (var attribute in attributes)
        {
            if (
                attribute.GetType().Name != "TypeFormatterSourceAttribute"
                || attribute.GetType().GetProperty("FormatterSourceType")?.GetValue(attribute)
                    is not Type source
            )
                continue;
            var instance = Activator.CreateInstance(source);
            var formatters = source.GetMethod("CreateTypeFormatters")?.Invoke(instance, null);
            foreach (
                var formatter in (formatters as IEnumerable ?? Array.Empty<object>()).Cast<object>()
            )
            {
                using var writer = new StringWriter();
                var type = formatter.GetType();
                if (
                    type.GetProperty("MimeType")?.GetValue(formatter) is string mimeType
                    && type.GetMethod("Format")?.Invoke(formatter, [value, writer]) is true
                )
                    formatted[mimeType] = writer.ToString();
            }
        }
        return formatted;
    }

    private static string Plain(object? value)
    {
        switch (value)
        {
            case null:
                return "<null>";
            case string text:
                return text;
            case IFormattable number:
                return number.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
            case IEnumerable sequence:
                var shown = new List<string>();
                foreach (var element in sequence)
                {
                    if (shown.Count == ShownElements)
                    {
                        shown.Add("…");
                        break;
                    }
                    shown.Add(
                        element is IEnumerable and not string
                            ? element.ToString() ?? ""
                            : Plain(element)
                    );
                }
                return $"[ {string.Join(", ", shown)} ]";
            default:
                return value.ToString() ?? "";
        }
    }

    private static string Shortened(string text) =>
        text.Length <= LongestText ? text : text[..LongestText] + "…";
}
