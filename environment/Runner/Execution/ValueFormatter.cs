using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Reflection;
using System.Text;

namespace Diffusion.Runner.Execution;

/// <summary>Turns a value into the texts that a notebook shows, by the engine's conventions.</summary>
internal static class ValueFormatter
{
    public const string PlainText = "text/plain";
    public const string Html = "text/html";

    // The engine shows the first 20 elements of a sequence.
    private const int ShownElements = 20;
    private const int LongestText = 10_000;

    // Media types that the engine can make of anything.
    private static readonly string[] Universal = [PlainText, Html, "application/json", "text/csv"];

    /// <param name="value">What is shown.</param>
    /// <param name="mimeTypes">The media types that were asked for; all that there are where empty.</param>
    /// <exception cref="ArgumentException">Nothing can make the media type that was asked for.</exception>
    public static IReadOnlyDictionary<string, string> Format(
        object? value,
        IReadOnlyCollection<string> mimeTypes
    )
    {
        var formatted = ByConvention(value);
        if (!formatted.ContainsKey(Html) && Table(value) is string table)
            formatted[Html] = table;
        formatted.TryAdd(PlainText, Shortened(Plain(value)));
        if (mimeTypes.Count == 0)
            return formatted;
        var unknown = mimeTypes.FirstOrDefault(m =>
            !formatted.ContainsKey(m) && !Universal.Contains(m)
        );
        if (unknown is not null)
            throw new ArgumentException($"No formatter is registered for MIME type {unknown}.");
        var wanted = formatted.Where(f => mimeTypes.Contains(f.Key)).ToDictionary();
        return wanted.Count > 0 ? wanted : formatted;
    }

    /// <summary>
    /// The engine looks for an attribute of this name, whosever it is, whose property
    /// <c>FormatterSourceType</c> names a class with <c>CreateTypeFormatters()</c>; each formatter has
    /// <c>MimeType</c> and <c>Format(object, TextWriter)</c>. A <c>ToHtml()</c> alone means nothing to it.
    /// </summary>
    private static Dictionary<string, string> ByConvention(object? value)
    {
        var formatted = new Dictionary<string, string>();
        foreach (var attribute in value?.GetType().GetCustomAttributes(inherit: true) ?? [])
        {
            if (
                attribute.GetType().Name != "TypeFormatterSourceAttribute"
                || Property(attribute, "FormatterSourceType") is not Type source
                || Call(Activator.CreateInstance(source)!, "CreateTypeFormatters")
                    is not IEnumerable formatters
            )
                continue;
            foreach (var formatter in formatters.Cast<object>())
            {
                using var writer = new StringWriter();
                if (
                    Property(formatter, "MimeType") is string mimeType
                    && Call(formatter, "Format", value, writer) is true
                )
                    formatted[mimeType] = writer.ToString();
            }
        }
        return formatted;
    }

    /// <summary>A sequence of values that show themselves is a table of them, as in the engine.</summary>
    private static string? Table(object? value)
    {
        // Only what can be gone through twice.
        if (value is not ICollection sequence)
            return null;
        var rows = sequence.Cast<object?>().Take(ShownElements).Select(ByConvention).ToArray();
        if (rows.Length == 0 || !rows.All(r => r.ContainsKey(Html)))
            return null;
        var html = new StringBuilder(
            "<table><thead><tr><th><i>index</i></th><th>value</th></tr></thead><tbody>"
        );
        for (var i = 0; i < rows.Length; i++)
            html.Append($"<tr><td>{i}</td><td>{rows[i][Html]}</td></tr>");
        return html.Append("</tbody></table>").ToString();
    }

    private static string Plain(object? value) =>
        value switch
        {
            null => "<null>",
            string text => text,
            DateTime time => time.ToString("u", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("u", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            // A tensor is a sequence of its parts and an array may be huge: neither floods the page.
            IEnumerable sequence when !IsTensor(value) => Sequence(sequence),
            _ => value.ToString() ?? "",
        };

    private static string Sequence(IEnumerable sequence)
    {
        var shown = new List<string>();
        var more = 0;
        foreach (var element in sequence)
            if (shown.Count < ShownElements)
                shown.Add(element is IEnumerable and not string ? $"{element}" : Plain(element));
            else if (sequence is ICollection counted)
            {
                more = counted.Count - ShownElements;
                break;
            }
            else
            {
                // Who knows whether it ends.
                return $"[ {string.Join(", ", shown)} ... (more) ]";
            }
        return more > 0
            ? $"[ {string.Join(", ", shown)} ... ({more} more) ]"
            : $"[ {string.Join(", ", shown)} ]";
    }

    private static bool IsTensor(object value) =>
        value.GetType().FullName == "TorchSharp.torch+Tensor";

    private static string Shortened(string text) =>
        text.Length <= LongestText ? text : text[..LongestText] + "…";

    private static object? Property(object owner, string name) =>
        owner.GetType().GetProperty(name)?.GetValue(owner);

    private static object? Call(object owner, string name, params object?[] arguments) =>
        owner
            .GetType()
            .GetMethod(name)
            ?.Invoke(owner, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
