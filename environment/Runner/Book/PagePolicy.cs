using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;

namespace Diffusion.Runner.Book;

/// <summary>
/// The content security policy of a page: nothing is asked of another machine, and no script runs but the book's
/// files and those that the page's outputs brought, which the policy knows by their checksums.
/// </summary>
/// <remarks>
/// What a browser doesn't hold a page to, SECURITY.md says. <c>frame-ancestors</c> is not here: in a page's own head
/// browsers ignore it.
/// </remarks>
internal sealed class PagePolicy
{
    private static readonly string[] JavaScript =
    [
        "",
        "module",
        "text/javascript",
        "application/javascript",
    ];

    private readonly SortedSet<string> scripts = new(StringComparer.Ordinal);
    private readonly SortedSet<string> handlers = new(StringComparer.Ordinal);

    /// <summary>Lets the scripts run that an output has in it. A speculation rule is none.</summary>
    public void Allow(IElement output)
    {
        foreach (var element in output.QuerySelectorAll("*"))
        {
            if (
                element.LocalName == "script"
                && !element.HasAttribute("src")
                && JavaScript.Contains(
                    (element.GetAttribute("type") ?? "").Trim().ToLowerInvariant()
                )
            )
                scripts.Add(Checksum(element.TextContent));
            foreach (var attribute in element.Attributes)
                if (attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase))
                    handlers.Add(Checksum(attribute.Value));
        }
    }

    // A page opened from disk has no origin of its own, so 'self' would not cover its own files: hence file:.
    public override string ToString() =>
        "default-src 'none'; "
        + $"script-src 'self' file:{Listed(scripts)}{(handlers.Count > 0 ? " 'unsafe-hashes'" : "")}{Listed(handlers)}; "
        + "style-src 'self' file: 'unsafe-inline'; "
        + "img-src 'self' file: data: blob:; "
        + "font-src 'self' file: data:; "
        + "base-uri 'none'; "
        + "form-action 'none'";

    private static string Listed(IEnumerable<string> checksums) =>
        string.Concat(checksums.Select(c => $" '{c}'"));

    private static string Checksum(string script) =>
        $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}";
}
