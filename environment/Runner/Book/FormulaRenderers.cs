using System;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace Diffusion.Runner.Book;

/// <summary>Formulas of text cells, typeset.</summary>
internal static class FormulaRenderers
{
    internal sealed class InLine(Katex katex) : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline formula)
        {
            var tex = formula.Content.ToString();
            if (formula.DelimiterCount == 2)
                WriteDisplay(renderer, Typeset(katex, formula, tex, display: true), "span");
            else
                renderer.Write(Typeset(katex, formula, tex, display: false));
        }
    }

    internal sealed class Block(Katex katex) : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) =>
            WriteDisplay(
                renderer,
                Typeset(katex, formula, formula.Lines.ToString(), display: true),
                "div"
            );
    }

    private static string Typeset(Katex katex, MarkdownObject formula, string tex, bool display)
    {
        try
        {
            return katex.Typeset(tex, display);
        }
        catch (FormatException e)
        {
            throw new TextProblemException(formula.Line, e.Message);
        }
    }

    // Focusable, so that a wide formula can be scrolled with the keyboard.
    private static void WriteDisplay(HtmlRenderer renderer, string html, string element) =>
        renderer.Write(
            $"<{element} class=\"formula\" role=\"group\" aria-label=\"formula\" tabindex=\"0\">{html}</{element}>"
        );
}
