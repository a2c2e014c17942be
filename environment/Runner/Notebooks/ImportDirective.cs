using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Diffusion.Runner.Notebooks;

/// <summary>A cell that runs another notebook: <c>#!import "path"</c>, with nothing but comments around it.</summary>
/// <param name="Path">As written; relative to the working directory.</param>
/// <param name="Line">0-based line within the cell.</param>
internal sealed partial record ImportDirective(string Path, int Line)
{
    private const string Name = "#!import";

    /// <summary>Whether a line would be taken for an import, well written or not.</summary>
    public static bool Begins(string line) =>
        line.StartsWith(Name, StringComparison.Ordinal)
        && (line.Length == Name.Length || char.IsWhiteSpace(line[Name.Length]));

    /// <summary>The import that a cell consists of; null where the cell is code.</summary>
    public static ImportDirective? Of(string source)
    {
        var lines = source.Split('\n');
        var at = Array.FindIndex(lines, Begins);
        return at >= 0 && lines.Where((line, i) => i != at).All(IsBlankOrComment)
            ? At(lines, at)
            : null;
    }

    /// <summary>The import that a line says; null where its path cannot be made out.</summary>
    public static ImportDirective? At(string[] lines, int at) =>
        Directive().Match(lines[at]) is { Success: true } match
            ? new ImportDirective(match.Groups["path"].Value, at)
            : null;

    public static bool IsBlankOrComment(string line) =>
        string.IsNullOrWhiteSpace(line)
        || line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    [GeneratedRegex("""^#!import[ \t]+(?:"(?<path>[^"]+)"|(?<path>[^"\s]+))[ \t]*$""")]
    private static partial Regex Directive();
}
