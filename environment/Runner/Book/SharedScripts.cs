using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Diffusion.Runner.Book;

/// <summary>
/// Puts scripts and styles that outputs mark with <c>data-library</c> into files of the book, once
/// for all pages: plotly.js alone is 3.6 MB.
/// </summary>
internal sealed partial class SharedScripts(string assetsFolder)
{
    private readonly HashSet<string> written = [];

    /// <summary>The HTML with a link in the place of each marked element.</summary>
    public string Extract(string html) =>
        Marked()
            .Replace(
                html,
                element =>
                {
                    var isScript = element.Groups["tag"].Value == "script";
                    var file = Write(element.Groups["content"].Value, isScript ? "js" : "css");
                    return isScript
                        ? $"<script src=\"assets/{file}\"></script>"
                        : $"<link rel=\"stylesheet\" href=\"assets/{file}\">";
                }
            );

    private string Write(string content, string extension)
    {
        // Named by content: a changed library never meets an old copy in a browser's cache.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..16];
        var file = $"library-{hash}.{extension}";
        if (written.Add(file))
            TextFile.Write(Path.Combine(assetsFolder, file), content);
        return file;
    }

    [GeneratedRegex(
        """<(?<tag>script|style) data-library="[^"]*">(?<content>.*?)</\k<tag>>""",
        RegexOptions.Singleline
    )]
    private static partial Regex Marked();
}
