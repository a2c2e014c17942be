using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Diffusion.Runner.Notebooks;

/// <summary>A cell of a <c>.dib</c> file.</summary>
/// <param name="Kind">Text or code.</param>
/// <param name="Source">The content without selector and surrounding empty lines; lines end in <c>\n</c>.</param>
/// <param name="Line">1-based line of the content's first line in the file.</param>
public sealed record DibCell(CellKind Kind, string Source, int Line);

/// <summary>A notebook in .NET Interactive's text format, read and written as the engine does it.</summary>
/// <remarks>
/// A selector is a line that is <c>#!</c> and a language's name, and nothing else. Every other line
/// belongs to the cell that it stands in, also one that begins with <c>#!</c>: what such a line would do
/// to a cell is the linter's matter, not the reader's.
/// </remarks>
/// <param name="Metadata">The JSON behind <c>#!meta</c>, or null where there is none.</param>
/// <param name="Cells">In order; empty cells are left out, as the engine does.</param>
public sealed record DibDocument(string? Metadata, IReadOnlyList<DibCell> Cells)
{
    private const string MetadataSelector = "#!meta";

    /// <summary>Reads a file.</summary>
    /// <exception cref="NotebookException">The file is missing, no ordinary file, or too large.</exception>
    public static DibDocument Read(string path)
    {
        if (!File.Exists(path))
            throw new NotebookException($"There is no notebook '{path}'.");
        return Parse(SourceFile.Read(path));
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">Lines may end in <c>\n</c> or <c>\r\n</c>.</param>
    public static DibDocument Parse(string text)
    {
        string? metadata = null;
        var cells = new List<DibCell>();
        var lines = Lines(text);
        // What stands before the first selector is C#.
        var (kind, start) = (CellKind.CSharp, 0);
        for (var i = 0; i < lines.Length; i++)
        {
            if (metadata is null && lines[i] == MetadataSelector)
            {
                AddCell(i);
                var end = Array.FindIndex(
                    lines,
                    i + 1,
                    l => l.StartsWith("#!", StringComparison.Ordinal)
                );
                end = end < 0 ? lines.Length : end;
                metadata = Content(lines, i + 1, end).Text;
                // The line that ends the metadata may be a selector: it is looked at next.
                (start, i) = (end, end - 1);
            }
            else if (Selected(lines[i]) is CellKind selected)
            {
                AddCell(i);
                (kind, start) = (selected, i + 1);
            }
        }
        AddCell(lines.Length);
        return new DibDocument(metadata, cells);

        void AddCell(int end)
        {
            if (Content(lines, start, end) is { Text.Length: > 0 } content)
                cells.Add(new DibCell(kind, content.Text, content.Line));
        }
    }

    /// <summary>The text as the engine writes it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Add(string selector, string content) =>
            text.Append(text.Length == 0 ? "" : "\n").Append($"{selector}\n\n{content}\n");

        if (Metadata is not null)
            Add(MetadataSelector, Metadata);
        foreach (var cell in Cells)
            Add(cell.Kind == CellKind.CSharp ? "#!csharp" : "#!markdown", cell.Source);
        return text.ToString();
    }

    internal static string[] Lines(string text) =>
        text.TrimStart('\uFEFF').Split(["\r\n", "\n"], StringSplitOptions.None);

    /// <summary>The kind of cell that a line begins; null for a line of content. The names are the engine's, aliases too.</summary>
    private static CellKind? Selected(string line) =>
        line switch
        {
            "#!csharp" or "#!c#" or "#!cs" => CellKind.CSharp,
            "#!markdown" or "#!md" => CellKind.Markdown,
            _ => null,
        };

    private static (string Text, int Line) Content(string[] lines, int start, int end)
    {
        while (start < end && lines[start] == "")
            start++;
        while (end > start && lines[end - 1] == "")
            end--;
        return (string.Join('\n', lines.Skip(start).Take(end - start)), start + 1);
    }
}

/// <summary>A notebook cannot be read, or its run cannot begin. The message is for the reader.</summary>
public sealed class NotebookException(string message) : Exception(message);
