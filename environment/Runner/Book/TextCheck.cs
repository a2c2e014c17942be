using System;
using System.Collections.Generic;
using System.Linq;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Book;

/// <summary>Typesets the formulas of notebooks' text cells, to say which can't be before anything is run.</summary>
/// <param name="memory">What was typeset before.</param>
internal sealed class TextCheck(PageMemory memory)
{
    private readonly Katex katex = new(memory);

    /// <summary>The formulas that no page can be made of, in their order.</summary>
    /// <param name="path">A notebook whose text cells the linter found nothing wrong with.</param>
    public IReadOnlyList<CellFailure> Find(string path)
    {
        var found = new List<CellFailure>();
        DeepStack.Run(() =>
            found.AddRange(
                DibDocument
                    .Read(path)
                    .Cells.Select((cell, i) => (cell, Number: i + 1))
                    .Where(c => c.cell.Kind == CellKind.Markdown)
                    .SelectMany(c => Find(path, c.Number, c.cell))
            )
        );
        return found;
    }

    private IEnumerable<CellFailure> Find(string path, int number, DibCell cell)
    {
        foreach (var (line, tex, display) in MarkdownText.Formulas(MarkdownText.Parse(cell.Source)))
            if (Refusal(tex, display) is string refusal)
                yield return new CellFailure(
                    "Refused",
                    path,
                    number,
                    cell.Line + line,
                    SourceLines.Line(path, cell.Line + line),
                    refusal,
                    null
                );
    }

    private string? Refusal(string tex, bool display)
    {
        try
        {
            katex.Typeset(tex, display);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
