using System;
using Jint;

namespace Diffusion.Runner.Book;

/// <summary>Typesets formulas when the book is written: KaTeX, run by a JavaScript interpreter.</summary>
internal sealed class Katex
{
    private readonly Engine engine = new();

    public Katex()
    {
        // KaTeX asks for a document's mode and for nothing else of a browser.
        engine.Execute(Assets.Text("katex/katex.min.js"));
        engine.Execute(
            """
            function typeset(tex, display) {
              return katex.renderToString(tex, { displayMode: display, throwOnError: true, strict: 'ignore', output: 'htmlAndMathml' });
            }
            """
        );
    }

    /// <summary>A formula as HTML, with MathML for who cannot see it.</summary>
    /// <param name="tex">Without dollar signs.</param>
    /// <param name="display">On a line of its own.</param>
    /// <exception cref="FormatException">KaTeX does not understand it; the message is KaTeX's.</exception>
    public string Typeset(string tex, bool display)
    {
        try
        {
            return engine.Invoke("typeset", tex, display).AsString();
        }
        catch (Jint.Runtime.JavaScriptException e)
        {
            throw new FormatException($"The formula '{tex}' cannot be typeset: {e.Message}", e);
        }
    }
}
