using System;
using System.Linq;

namespace Diffusion.Runner.Linting;

/// <summary>Lines that begin with <c>#!</c>.</summary>
internal static class MagicLines
{
    // As the engine's reader of .dib files knows them.
    private static readonly string[] OtherLanguages =
    [
        "fsharp",
        "f#",
        "fs",
        "pwsh",
        "powershell",
        "html",
        "javascript",
        "js",
        "mermaid",
        "http",
        "value",
    ];

    private static readonly string[] Selectors = ["csharp", "c#", "cs", "markdown", "md", "meta"];

    public static bool Is(string line) => line.StartsWith("#!", StringComparison.Ordinal);

    /// <summary>Whether the line would begin a cell in a language that is not used here.</summary>
    public static bool BeginsOtherLanguage(string line) =>
        Is(line) && OtherLanguages.Contains(line[2..]);

    /// <summary>Why such a line may not be in a cell.</summary>
    public static string Refusal(string line)
    {
        var name = line[2..].Split([' ', '\t'], 2)[0];
        return OtherLanguages.Contains(name)
                ? $"'#!{name}' begins a cell that is neither C# nor Markdown: only #!csharp and #!markdown are used here."
            : Selectors.Contains(name)
                ? $"'#!{name}' begins a cell only where nothing stands behind it on the line: take the rest away, or indent the line."
            : "A line that begins with #! splits the cell, even inside of a string or comment, and only #!import is used inside of cells: take the line out or indent it.";
    }
}
