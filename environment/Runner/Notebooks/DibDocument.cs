using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Diffusion.Runner.Notebooks;

/// <summary>A cell of a <c>.dib</c> file.</summary>
/// <param name="Kind">Text or code.</param>
/// <param name="Source">The content without selector and surrounding blank lines; lines end in <c>\n</c>.</param>
/// <param name="Line">1-based line of the content's first line in the file.</param>
public sealed record DibCell(CellKind Kind, string Source, int Line);

/// <summary>A notebook in .NET Interactive's text format.</summary>
/// <param name="Metadata">The JSON line behind <c>#!meta</c>, or null where there is none.</param>
/// <param name="Cells">In order; empty cells are left out, as the engine does.</param>
public sealed record DibDocument(string? Metadata, IReadOnlyList<DibCell> Cells)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="NotebookException">The file is missing or is no notebook.</exception>
    public static DibDocument Read(string path)
    {
        if (!File.Exists(path))
            throw new NotebookException($"There is no notebook '{path}'.");
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">Lines may end in <c>\n</c> or <c>\r\n</c>.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="NotebookException">A selector is malformed or names another language.</exception>
    public static DibDocument Parse(string text, string path = "notebook")
    {
        string? metadata = null;
        var cells = new List<DibCell>();
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        // What stands before the first selector is C#.
        var (selector, start) = ("csharp", 0);
        for (var i = 0; i <= lines.Length; i++)
        {
            var next = i < lines.Length ? Selector(lines[i], path, i + 1) : "";
            if (next is null)
                continue;
            if (Content(lines, start, i) is (string content, int line))
            {
                if (selector == "meta")
                    metadata = content;
                else
                    cells.Add(
                        new DibCell(
                            selector == "csharp" ? CellKind.CSharp : CellKind.Markdown,
                            content,
                            line
                        )
                    );
            }
            (selector, start) = (next, i + 1);
        }
        return new DibDocument(metadata, cells);
    }

    /// <summary>The text as the engine writes it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Add(string selector, string content) =>
            text.Append(text.Length == 0 ? "" : "\n").Append($"#!{selector}\n\n{content}\n");

        if (Metadata is not null)
            Add("meta", Metadata);
        foreach (var cell in Cells)
            Add(cell.Kind == CellKind.CSharp ? "csharp" : "markdown", cell.Source);
        return text.ToString();
    }

    /// <summary>Which cell a line begins; null for a line of content.</summary>
    private static string? Selector(string line, string path, int number)
    {
        if (!line.StartsWith("#!", StringComparison.Ordinal))
            return null;
        var words = line[2..].Split([' ', '\t'], 2);
        if (words[0] is not ("csharp" or "markdown" or "meta"))
            return IsOtherLanguage(words[0])
                ? throw new NotebookException(
                    $"{path}, line {number}: '{line}' begins a cell that is neither C# nor Markdown; only #!csharp and #!markdown are used here."
                )
                : null;
        if (words.Length > 1 && words[1].Trim() != "")
            throw new NotebookException(
                $"{path}, line {number}: '{line}' has text behind the selector; put it on a line of its own."
            );
        return words[0];
    }

    private static bool IsOtherLanguage(string name) =>
        name
            is "c#"
                or "C#"
                or "fsharp"
                or "f#"
                or "F#"
                or "pwsh"
                or "powershell"
                or "html"
                or "javascript"
                or "js"
                or "mermaid"
                or "sql"
                or "kql"
                or "http"
                or "value"
                or "python"
                or "r";

    private static (string Content, int Line)? Content(string[] lines, int start, int end)
    {
        while (start < end && string.IsNullOrWhiteSpace(lines[start]))
            start++;
        while (end > start && string.IsNullOrWhiteSpace(lines[end - 1]))
            end--;
        return start == end
            ? null
            : (string.Join('\n', lines.Skip(start).Take(end - start)), start + 1);
    }
}

/// <summary>A notebook cannot be read, or its run cannot begin. The message is for the reader.</summary>
public sealed class NotebookException(string message) : Exception(message);
