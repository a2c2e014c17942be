using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
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
internal sealed partial class MarkdownPages(
    Katex katex,
    CodeColours colours,
    Glossary glossary,
    string folder
)
{
    /// <summary>Anchors of what stands around each page.</summary>
    private static readonly string[] IdsOfTheFrame = ["main", "contents"];

    /// <param name="markdown">One cell.</param>
    /// <param name="headings">Gets the cell's headings; their anchors stay unique on the page.</param>
    /// <param name="explained">Words of the glossary that this page has explained; null links none.</param>
    /// <exception cref="TextProblemException">It is too long or nested too deeply, or a formula cannot be typeset.</exception>
    public string ToHtml(string markdown, List<Heading> headings, HashSet<string>? explained = null)
    {
        var document = MarkdownText.Parse(markdown);
        try
        {
            AddHeadings(document, headings);
            LeadToPages(document);
            if (explained is not null)
                glossary.Link(document, explained);
            return Written(renderer => renderer.Render(document));
        }
        catch (ArgumentException e) when (MarkdownText.IsTooDeep(e))
        {
            throw MarkdownText.TooDeep();
        }
    }

    private void AddHeadings(MarkdownDocument document, List<Heading> headings)
    {
        var taken = headings.Select(h => h.Id).Concat(IdsOfTheFrame).ToHashSet();
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            var attributes = heading.GetAttributes();
            var id = attributes.Id ?? "section";
            attributes.Id = id;
            // The same words may head two cells.
            for (var n = 2; !taken.Add(attributes.Id); n++)
                attributes.Id = $"{id}-{n}";
            headings.Add(
                new Heading(
                    heading.Level,
                    attributes.Id,
                    Written(renderer => renderer.WriteLeafInline(heading), onlyPictures: true)
                )
            );
        }
    }

    private void LeadToPages(MarkdownDocument document)
    {
        foreach (var link in document.Descendants<LinkInline>())
            if (link.IsImage)
                Measure(link);
            else if (link.Url is string url)
                // In the notebooks chapters link to each other as files; in the book they are pages.
                link.Url = NotebookBeside().Replace(url, "${name}.html${anchor}");
    }

    /// <summary>A picture whose size is known before it is loaded pushes no text down.</summary>
    private void Measure(LinkInline picture)
    {
        if (picture.Url is not string url || !LinkTarget.IsPicture(url))
            return;
        var path = Path.Combine(folder, Uri.UnescapeDataString(url));
        if (!path.EndsWith(".png", StringComparison.Ordinal) || !FileKind.IsRegular(path))
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

    private string Written(Action<HtmlRenderer> write, bool onlyPictures = false)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        MarkdownText.Pipeline.Setup(renderer);
        renderer.ObjectRenderers.RemoveAll(r =>
            r
                is HtmlMathInlineRenderer
                    or HtmlMathBlockRenderer
                    or CodeBlockRenderer
                    or HeadingRenderer
                    or LinkInlineRenderer
                    or AutolinkInlineRenderer
                    or Markdig.Extensions.Tables.HtmlTableRenderer
        );
        if (onlyPictures)
            renderer.ObjectRenderers.RemoveAll(r => r is HtmlFootnoteLinkRenderer);
        renderer.ObjectRenderers.Insert(0, new Listing(colours));
        renderer.ObjectRenderers.Insert(0, new FormulaRenderers.InLine(katex));
        // Before the listings: to Markdig a block of formulas is a block of code too.
        renderer.ObjectRenderers.Insert(0, new FormulaRenderers.Block(katex));
        renderer.ObjectRenderers.Insert(0, new AnchoredHeading());
        renderer.ObjectRenderers.Insert(0, new ScrollingTable());
        renderer.ObjectRenderers.Insert(0, new CheckedLinks(onlyPictures));
        renderer.ObjectRenderers.Insert(0, new CheckedLinks.Automatic(asText: onlyPictures));
        write(renderer);
        return writer.ToString();
    }

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
                        : WebUtility.HtmlEncode(code)
                )
                .Write("</code></pre>");
        }
    }

    private sealed class AnchoredHeading : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            var id = heading.GetAttributes().Id!;
            renderer.Write($"<h{heading.Level} id=\"{WebUtility.HtmlEncode(id)}\">");
            renderer.WriteLeafInline(heading);
            if (heading.Level > 1)
                renderer.Write(
                    $" <a class=\"anchor\" href=\"{PageLink.Here(id)}\" aria-label=\"Link to this section\">#</a>"
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

    [GeneratedRegex(@"^(?<name>[^/:?#\\]+)\.dib(?<anchor>#.*)?\z")]
    private static partial Regex NotebookBeside();
}
