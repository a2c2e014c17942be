using System;
using System.Collections.Generic;
using System.Linq;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Diffusion.Runner.Book;

/// <summary>Markdown as text cells are written in it, and how much of it one cell may hold.</summary>
internal static class MarkdownText
{
    // Each is several times what the largest cell of the chapters has; what is slow on purpose still takes
    // seconds only.
    private const int MostLetters = 30_000;
    private const int MostFormulas = 500;
    private const int MostLettersOfFormulas = 10_000;

    /// <summary>Quotes in lists in quotes: nobody reads text that is nested deeper.</summary>
    private const int DeepestNesting = 64;

    /// <summary>
    /// Without HTML, which is shown as the letters that it consists of, and without attributes in braces: a text
    /// cell can then neither bring a script into a page nor leave anything open that swallows the cells below it.
    /// </summary>
    public static MarkdownPipeline Pipeline { get; } = MadePipeline();

    /// <summary>The cell, parsed.</summary>
    /// <exception cref="TextProblemException">It is too long, or nested too deeply.</exception>
    public static MarkdownDocument Parse(string markdown)
    {
        if (markdown.Length > MostLetters)
            throw TooMuch($"{markdown.Length:N0} letters, and {MostLetters:N0} is the most");
        try
        {
            var document = Markdown.Parse(markdown, Pipeline);
            var formulas = Formulas(document).ToArray();
            if (formulas.Length > MostFormulas)
                throw TooMuch($"{formulas.Length:N0} formulas, and {MostFormulas:N0} is the most");
            var letters = formulas.Sum(f => f.Tex.Length);
            if (letters > MostLettersOfFormulas)
                throw TooMuch(
                    $"{letters:N0} letters in its formulas, and {MostLettersOfFormulas:N0} is the most"
                );
            return document;
        }
        catch (ArgumentException e) when (IsTooDeep(e))
        {
            throw TooDeep();
        }
    }

    /// <summary>What can be said against a cell without typesetting it.</summary>
    public static IReadOnlyList<TextProblemException> Problems(string markdown)
    {
        try
        {
            var document = Parse(markdown);
            // Links, pictures and emphasis are nested when they are rendered.
            _ = document.ToHtml(Pipeline);
            return Formulas(document)
                .Select(f => (f.Line, Refusal: FormulaLimits.Refusal(f.Tex)))
                .Where(f => f.Refusal is not null)
                .Select(f => new TextProblemException(f.Line, f.Refusal!))
                .ToArray();
        }
        catch (ArgumentException e) when (IsTooDeep(e))
        {
            return [TooDeep()];
        }
        catch (TextProblemException e)
        {
            return [e];
        }
    }

    private static TextProblemException TooMuch(FormattableString what) =>
        new(0, $"This text cell has {FormattableString.Invariant(what)}: split it.");

    /// <summary>True for Markdig's refusal of elements that are nested too deeply, which it may find when it renders.</summary>
    public static bool IsTooDeep(ArgumentException e) =>
        e.Message.Contains("too deeply nested", StringComparison.Ordinal);

    /// <summary>What that means to an author.</summary>
    public static TextProblemException TooDeep() =>
        new(
            0,
            $"Lists, quotes, links or emphasis in this text cell are nested more than {DeepestNesting} deep: nest them less, or put a backslash before signs that are meant as they are."
        );

    /// <summary>The formulas of a cell: where each begins, what it says, and whether it has lines of its own.</summary>
    public static IEnumerable<(int Line, string Tex, bool Display)> Formulas(
        MarkdownDocument document
    )
    {
        foreach (var element in document.Descendants())
            if (element is MathInline formula)
                yield return (
                    formula.Line,
                    formula.Content.ToString(),
                    formula.DelimiterCount == 2
                );
            else if (element is MathBlock block)
                yield return (block.Line, block.Lines.ToString(), true);
    }

    private static MarkdownPipeline MadePipeline()
    {
        var builder = new MarkdownPipelineBuilder
        {
            MaximumNestingDepth = DeepestNesting,
            PreciseSourceLocation = true,
        };
        return builder
            .DisableHtml()
            .UsePipeTables()
            .UseMathematics()
            .UseAutoIdentifiers()
            .UseFootnotes()
            .UseEmphasisExtras()
            .Build();
    }
}
