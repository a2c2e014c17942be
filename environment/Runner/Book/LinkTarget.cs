using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Diffusion.Runner.Book;

/// <summary>Where a link or a picture of a text cell may lead.</summary>
internal static partial class LinkTarget
{
    private static readonly string[] Schemes = ["http", "https", "mailto"];

    /// <summary>True where to follow it opens a page or begins a mail, and nothing else.</summary>
    public static bool IsHarmless(string url) =>
        IsPlain(url)
        && (Scheme(url) is not string scheme || Schemes.Contains(scheme.ToLowerInvariant()));

    /// <summary>True for a file at or below the notebook's folder, and for a picture that is itself in the address.</summary>
    public static bool IsPicture(string url) =>
        DataPicture().IsMatch(url)
        || IsPlain(url)
            && Scheme(url) is null
            && !url.StartsWith('/')
            && !Uri.UnescapeDataString(url).Split('/', '\\').Contains("..");

    /// <summary>
    /// True where a browser reads what stands there: it drops tabs, line ends and controls, takes a backslash
    /// for a slash, and reads two slashes as another machine's name (WHATWG URL, 4.4).
    /// </summary>
    private static bool IsPlain(string url) =>
        !url.Any(c => char.IsControl(c) || c == '\\')
        && !url.TrimStart().StartsWith("//", StringComparison.Ordinal);

    /// <summary>What stands before a colon that no path, query or anchor precedes.</summary>
    private static string? Scheme(string url)
    {
        var end = url.IndexOfAny([':', '/', '?', '#']);
        return end >= 0 && url[end] == ':' ? url[..end] : null;
    }

    [GeneratedRegex(
        "^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}\\z",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex DataPicture();
}
