using System;
using Acornima.Ast;
using Jint;
using Jint.Runtime;

namespace Diffusion.Runner.Book;

/// <summary>Typesets formulas when the book is written: KaTeX, run by a JavaScript interpreter.</summary>
/// <param name="memory">What was typeset before.</param>
internal sealed class Katex(PageMemory memory)
{
    // FormulaLimits refuses most of what is too much, but not all of it. The chapters' formulas need a seventh of
    // these calls of one function within itself, and a thirtieth of these statements.
    private const int MostCalls = 250;
    private const int MostStatements = 2_000_000;

    // Parsed once; to run it makes an engine's own copy.
    private static readonly Lazy<Prepared<Script>> Library = new(() =>
        Engine.PrepareScript(Assets.Text("katex/katex.min.js"))
    );

    // A book without formulas needs none.
    private readonly Lazy<Engine> engine = new(Start);

    /// <summary>A formula as HTML, with MathML for who cannot see it.</summary>
    /// <param name="tex">Without dollar signs.</param>
    /// <param name="display">On a line of its own.</param>
    /// <exception cref="FormatException">
    /// It is too long, nested too deeply or too much work, or KaTeX does not understand it; the message is KaTeX's then.
    /// </exception>
    public string Typeset(string tex, bool display)
    {
        try
        {
            return memory.Recall(
                display ? "formula on a line of its own" : "formula",
                tex,
                () =>
                    FormulaLimits.Refusal(tex) is string refusal
                        ? throw new FormatException(refusal)
                        : engine.Value.Invoke("typeset", tex, display).AsString()
            );
        }
        catch (JavaScriptException e)
        {
            throw new FormatException(
                $"The formula '{FormulaLimits.Beginning(tex)}' cannot be typeset: {e.Message}",
                e
            );
        }
        catch (Exception e)
            when (e is RecursionDepthOverflowException or StatementsCountOverflowException)
        {
            throw new FormatException(
                $"The formula '{FormulaLimits.Beginning(tex)}' is too much to typeset: write it in smaller parts.",
                e
            );
        }
    }

    private static Engine Start()
    {
        var engine = new Engine(options =>
            options.LimitRecursion(MostCalls).MaxStatements(MostStatements)
        );
        // KaTeX asks for a document's mode and for nothing else of a browser.
        engine.Execute(Library.Value);
        // Lengths have a limit too: a rule of a million ems would hide the page below it.
        engine.Execute(
            """
            function typeset(tex, display) {
              return katex.renderToString(tex, { displayMode: display, throwOnError: true, strict: 'ignore', output: 'htmlAndMathml', maxSize: 50 });
            }
            """
        );
        return engine;
    }
}
