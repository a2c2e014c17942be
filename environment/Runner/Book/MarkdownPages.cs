using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Diffusion.Runner.Book;

/// <summary>A heading of a page.</summary>
/// <param name="Level">1 … 6.</param>
/// <param name="Id">Its anchor, once on the page.</param>
/// <param name="Html">What it says.</param>
internal sealed record Heading(int Level, string Id, string Html);

/// <summary>Turns the text cells of one page into HTML: Markdown with formulas and coloured code.</summary>
/// <param name="katex">Typesets formulas.</param>
/// <param name="colours">Colours code.</param>
/// <param name="glossary">Explains words.</param>
/// <param name="folder">What pictures' paths are relative to.</param>
internal sealed class MarkdownPages(
    Katex katex,
    CodeColours colours,
    Glossary glossary,
    string folder
)
{
    private readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseMathematics()
        .UseAutoIdentifiers()
        .UseFootnotes()
        .UseEmphasisExtras()
        .UseGenericAttributes()
        .Build();

    /// <param name="markdown">One cell.</param>
    /// <param name="headings">Gets the cell's headings; their anchors stay unique on the page.</param>
    /// <param name="explained">Words of the glossary that this page has explained; null links none.</param>
    /// <exception cref="FormatException">A formula cannot be typeset.</exception>
    public string ToHtml(string markdown, List<Heading> headings, HashSet<string>? explained = null)
    {
        var document = Markdown.Parse(markdown, pipeline);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            var attributes = heading.GetAttributes();
            var id = attributes.Id ?? "section";
            // The same words may head two cells.
            for (var n = 2; headings.Any(h => h.Id == attributes.Id); n++)
                attributes.Id = $"{id}-{n}";
            headings.Add(new Heading(heading.Level, attributes.Id ?? id, Inner(heading)));
        }
        // In the notebooks chapters link to each other as files; in the book they are pages.
        foreach (var link in document.Descendants<LinkInline>())
        {
            if (link.IsImage)
                Measure(link);
            else if (
                link.Url is string url
                && url.EndsWith(".dib", StringComparison.Ordinal)
                && !url.Contains('/')
            )
                link.Url = Path.ChangeExtension(url, ".html");
        }
        if (explained is not null)
            glossary.Link(document, explained);
        return Render(document);
    }

    /// <summary>A picture whose size is known before it is loaded pushes no text down.</summary>
    private void Measure(LinkInline picture)
    {
        var path = Path.Combine(folder, picture.Url ?? "");
        if (!path.EndsWith(".png", StringComparison.Ordinal) || !File.Exists(path))
            return;
        // Signature, length and type of the first chunk, then width and height (PNG specification, 11.2.1).
        var start = new byte[24];
        using (var file = File.OpenRead(path))
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
                return;
        var attributes = picture.GetAttributes();
        void Add(string name, int at) =>
            attributes.AddProperty(
                name,
                BinaryPrimitives
                    .ReadUInt32BigEndian(start.AsSpan(at))
                    .ToString(CultureInfo.InvariantCulture)
            );
        Add("width", 16);
        Add("height", 20);
    }

    private string Inner(HeadingBlock heading)
    {
        using var writer = new StringWriter();
        Renderer(writer).WriteLeafInline(heading);
        return writer.ToString();
    }

    private string Render(MarkdownDocument document)
    {
        using var writer = new StringWriter();
        Renderer(writer).Render(document);
        return writer.ToString();
    }

    private HtmlRenderer Renderer(TextWriter writer)
    {
        var renderer = new HtmlRenderer(writer);
        pipeline.Setup(renderer);
        renderer.ObjectRenderers.RemoveAll(r =>
            r
                is HtmlMathInlineRenderer
                    or HtmlMathBlockRenderer
                    or CodeBlockRenderer
                    or HeadingRenderer
                    or Markdig.Extensions.Tables.HtmlTableRenderer
        );
        renderer.ObjectRenderers.Insert(0, new Listing(colours));
        renderer.ObjectRenderers.Insert(0, new Formula(katex));
        // Before the listings: to Markdig a block of formulas is a block of code too.
        renderer.ObjectRenderers.Insert(0, new FormulaBlock(katex));
        renderer.ObjectRenderers.Insert(0, new AnchoredHeading());
        renderer.ObjectRenderers.Insert(0, new ScrollingTable());
        return renderer;
    }

    private sealed class Formula(Katex katex) : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline formula)
        {
            var tex = formula.Content.ToString();
            if (formula.DelimiterCount == 2)
                WriteDisplay(renderer, katex, tex, "span");
            else
                renderer.Write(katex.Typeset(tex, display: false));
        }
    }

    private sealed class FormulaBlock(Katex katex) : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) =>
            WriteDisplay(renderer, katex, formula.Lines.ToString(), "div");
    }

    // Focusable, so that a wide formula can be scrolled with the keyboard.
    private static void WriteDisplay(
        HtmlRenderer renderer,
        Katex katex,
        string tex,
        string element
    ) =>
        renderer.Write(
            $"<{element} class=\"formula\" role=\"group\" aria-label=\"formula\" tabindex=\"0\">{katex.Typeset(tex, display: true)}</{element}>"
        );

    private sealed class Listing(CodeColours colours) : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            var code = block.Lines.ToString();
            var language = (block as FencedCodeBlock)?.Info ?? "";
            renderer
                .Write("<pre class=\"listing\" tabindex=\"0\"><code>")
                .Write(
                    language is "csharp" or "cs" or "c#"
                        ? colours.ToHtml(code)
                        : System.Net.WebUtility.HtmlEncode(code)
                )
                .Write("</code></pre>");
        }
    }

    private sealed class AnchoredHeading : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            var id = heading.GetAttributes().Id;
            renderer.Write($"<h{heading.Level} id=\"{id}\">");
            renderer.WriteLeafInline(heading);
            if (heading.Level > 1)
                renderer.Write(
                    $" <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>"
                );
            renderer.Write($"</h{heading.Level}>");
        }
    }

    private sealed class ScrollingTable : HtmlObjectRenderer<Markdig.Extensions.Tables.Table>
    {
        private readonly Markdig.Extensions.Tables.HtmlTableRenderer inner = new();

        protected override void Write(HtmlRenderer renderer, Markdig.Extensions.Tables.Table table)
        {
            renderer.Write(
                "<div class=\"table\" role=\"group\" aria-label=\"table\" tabindex=\"0\">"
            );
            inner.Write((RendererBase)renderer, table);
            renderer.Write("</div>");
        }
    }
}
