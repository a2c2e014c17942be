using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Diffusion.Runner.Book;

/// <summary>A part of a page below one heading, as a search finds it.</summary>
/// <param name="Anchor">The heading's.</param>
/// <param name="Title">The heading as plain text.</param>
/// <param name="Text">All text and code below it, up to the next heading.</param>
internal sealed record PageSection(string Anchor, string Title, string Text);

/// <summary>
/// What the book's search looks through: a script file, because a page that was opened from disk may not
/// read any other kind of file.
/// </summary>
internal static class SearchIndex
{
    /// <summary>Writes <c>assets/search-index.js</c>.</summary>
    public static void Write(IReadOnlyList<ChapterPage> pages, string assetsFolder)
    {
        var sections = pages.SelectMany(page =>
            page.Sections.Select(section => new
            {
                id = PageLink.To(page, section.Anchor),
                page = PageLink.To(page),
                anchor = PageLink.Here(section.Anchor),
                chapter = page.PlainTitle,
                title = section.Title,
                text = section.Text,
            })
        );
        TextFile.Write(
            Path.Combine(assetsFolder, "search-index.js"),
            $"window.searchSections = {JsonSerializer.Serialize(sections)};\n"
        );
    }

    /// <summary>Collects a page's sections, cell by cell.</summary>
    internal sealed class Collector
    {
        private readonly HtmlParser parser = new();
        private readonly List<PageSection> sections = [];
        private readonly StringBuilder text = new();
        private (string Anchor, string Title)? heading;

        /// <summary>The HTML of a cell of text.</summary>
        public void AddText(string html)
        {
            using var document = parser.ParseDocument(html);
            // Formulas are there twice, for the eye and for readers of MathML; neither makes words.
            foreach (var formula in document.QuerySelectorAll(".katex").ToArray())
                formula.Replace(document.CreateTextNode(" "));
            foreach (var element in document.Body!.Children)
                if (element.LocalName is "h1" or "h2" or "h3" && element.Id is string id)
                {
                    End();
                    foreach (var anchor in element.QuerySelectorAll(".anchor").ToArray())
                        anchor.Remove();
                    heading = (id, element.TextContent.Trim());
                }
                else
                {
                    Append(element.TextContent);
                }
        }

        /// <summary>The source of a cell of code.</summary>
        public void AddCode(string source) => Append(source);

        public IReadOnlyList<PageSection> Sections()
        {
            End();
            return sections;
        }

        private void Append(string words)
        {
            foreach (
                var word in words.Split((char[]?)null, System.StringSplitOptions.RemoveEmptyEntries)
            )
                text.Append(word).Append(' ');
        }

        private void End()
        {
            if (heading is (string anchor, string title))
                sections.Add(new PageSection(anchor, title, text.ToString().TrimEnd()));
            text.Clear();
        }
    }
}
