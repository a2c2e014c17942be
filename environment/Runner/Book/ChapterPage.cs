using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Book;

/// <summary>A chapter as the body of a page.</summary>
/// <param name="Name">The notebook's name; the page is <c>Name.html</c>.</param>
/// <param name="Title">Its first heading, as HTML.</param>
/// <param name="Headings">All headings.</param>
/// <param name="Body">The cells.</param>
/// <param name="Figures">In their order.</param>
/// <param name="Sections">What a search finds.</param>
/// <param name="Policy">What may run on it.</param>
internal sealed partial record ChapterPage(
    string Name,
    string Title,
    IReadOnlyList<Heading> Headings,
    string Body,
    IReadOnlyList<PageFigure> Figures,
    IReadOnlyList<PageSection> Sections,
    PagePolicy Policy
)
{
    /// <summary>The title as plain text.</summary>
    public string PlainTitle => WebUtility.HtmlDecode(Tag().Replace(Title, ""));

    /// <param name="notebook">What was run.</param>
    /// <param name="label">The chapter's number or letter, for "Figure 1.2".</param>
    /// <param name="code">A cell's code as HTML.</param>
    /// <exception cref="NotebookException">No page can be made of a text cell.</exception>
    public static ChapterPage Of(
        ExecutedNotebook notebook,
        string label,
        MarkdownPages markdown,
        Func<string, string> code,
        SharedScripts scripts
    )
    {
        var headings = new List<Heading>();
        var body = new StringBuilder();
        var figures = new List<PageFigure>();
        var sections = new SearchIndex.Collector();
        var policy = new PagePolicy();
        var explained = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var cell in notebook.Cells)
        {
            try
            {
                if (cell.Kind == CellKind.Markdown)
                {
                    var html = markdown.ToHtml(cell.Source, headings, explained);
                    sections.AddText(html);
                    body.Append($"<section class=\"text\">{html}</section>\n");
                }
                else
                {
                    sections.AddCode(cell.Source);
                    body.Append(Code(cell, code, Shown));
                }
            }
            catch (TextProblemException e)
            {
                throw new NotebookException(
                    $"{notebook.SourcePath}, cell {cell.Number}, line {cell.Line + e.Line}: {e.Message}"
                );
            }
        }
        var title =
            headings.FirstOrDefault(h => h.Level == 1)?.Html
            ?? WebUtility.HtmlEncode(notebook.Name);
        return new ChapterPage(
            notebook.Name,
            title,
            headings,
            body.ToString(),
            figures,
            sections.Sections(),
            policy
        );

        string Shown(string output)
        {
            var closed = ClosedHtml.Of(Numbered(scripts.Extract(output)));
            if (closed.Element is not null)
                policy.Allow(closed.Element);
            return closed.Html;
        }

        string Numbered(string html) =>
            WholeFigure()
                .Replace(
                    html,
                    figure =>
                    {
                        var number = $"{label}.{figures.Count + 1}";
                        var anchor = $"figure-{label}-{figures.Count + 1}";
                        figures.Add(PageFigure.Of(number, anchor, figure.Value));
                        var name = $"<span class=\"number\">Figure {number}</span> ";
                        return $"<a class=\"target\" id=\"{anchor}\"></a>"
                            + figure.Value.Replace(
                                "<figcaption>",
                                $"<figcaption>{name}",
                                StringComparison.Ordinal
                            );
                    }
                );
    }

    /// <summary>A page of text alone, whose words are not explained.</summary>
    /// <param name="name">The page is <c>name.html</c>.</param>
    public static ChapterPage OfText(string name, string source, MarkdownPages markdown)
    {
        var headings = new List<Heading>();
        var body = markdown.ToHtml(source, headings);
        var sections = new SearchIndex.Collector();
        sections.AddText(body);
        return new ChapterPage(
            name,
            headings[0].Html,
            headings,
            body,
            [],
            sections.Sections(),
            new PagePolicy()
        );
    }

    private static string Code(
        ExecutedCell cell,
        Func<string, string> code,
        Func<string, string> html
    )
    {
        var text = new StringBuilder("<section class=\"cell\">");
        var seconds = cell.Elapsed.TotalSeconds;
        var time = seconds.ToString(seconds < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
        text.Append(
            $"<div class=\"code\"><pre tabindex=\"0\" aria-label=\"Code of cell {cell.Number}\"><code>{code(cell.Source)}</code></pre><span class=\"time\" title=\"How long this cell ran\">{time} s</span></div>"
        );
        foreach (var output in cell.Outputs)
            text.Append(Output(output, html));
        return text.Append("</section>\n").ToString();
    }

    private static string Output(CellOutput output, Func<string, string> html)
    {
        var kind = output.Kind switch
        {
            OutputKind.StandardError or OutputKind.Error => "output error",
            _ => "output",
        };
        if (output.Data.TryGetValue("text/html", out var markup))
            return $"<div class=\"{kind}\">{html(markup)}</div>";
        if (output.Data.TryGetValue("image/png", out var png))
            return $"<div class=\"{kind}\"><img alt=\"Output of the cell\" src=\"data:image/png;base64,{WebUtility.HtmlEncode(png)}\"></div>";
        var plain = output.Data.GetValueOrDefault("text/plain", "");
        return plain.Trim() == ""
            ? ""
            : $"<div class=\"{kind}\"><pre tabindex=\"0\">{WebUtility.HtmlEncode(plain.TrimEnd())}</pre></div>";
    }

    [GeneratedRegex("""<figure class="diffusion-figure".*?</figure>""", RegexOptions.Singleline)]
    private static partial Regex WholeFigure();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
