using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;

namespace Diffusion.Runner.Book;

/// <summary>What all pages have around their body: head, navigation, theme switch, previous and next.</summary>
internal static class PageFrame
{
    /// <summary>The book's title.</summary>
    public const string Title = "Diffusion models from scratch, in C#";

    public static string Chapter(IReadOnlyList<ChapterPage> pages, int index)
    {
        var page = pages[index];
        var body = new StringBuilder(page.Body);
        body.Append(
            $"<p class=\"downloads\">This chapter: <a href=\"{PageLink.To($"{page.Name}.ipynb")}\" download>executed notebook (.ipynb)</a> · <a href=\"{PageLink.To($"{page.Name}.dib")}\" download>source (.dib)</a></p>"
        );
        body.Append("<nav class=\"turn\" aria-label=\"Chapters before and after\">");
        if (index > 0)
            body.Append(
                $"<a rel=\"prev\" href=\"{PageLink.To(pages[index - 1])}\"><small>Previous</small>{pages[index - 1].Title}</a>"
            );
        if (index + 1 < pages.Count)
            body.Append(
                $"<a rel=\"next\" href=\"{PageLink.To(pages[index + 1])}\"><small>Next</small>{pages[index + 1].Title}</a>"
            );
        body.Append("</nav>");
        return Page($"{page.PlainTitle} · {Title}", pages, index, body.ToString(), page.Policy);
    }

    /// <param name="picture">Below the title, as HTML; may be empty.</param>
    public static string Index(
        IReadOnlyList<ChapterPage> pages,
        string picture,
        bool hasGlossary,
        bool hasLibrary
    )
    {
        var body = new StringBuilder(
            $"<h1>{Title}</h1><p class=\"lead\">Build, train, sample and understand a diffusion model, chapter by chapter, on real Fashion-MNIST and a plain CPU. Every formula is checked by the code beside it; every figure was made by the run that wrote these pages.</p><section class=\"text\">{picture}</section><ol class=\"contents\">"
        );
        foreach (var page in pages)
        {
            body.Append($"<li><a href=\"{PageLink.To(page)}\">{page.Title}</a><ul>");
            foreach (var heading in page.Headings.Where(h => h.Level == 2))
                body.Append(
                    $"<li><a href=\"{PageLink.To(page, heading.Id)}\">{heading.Html}</a></li>"
                );
            body.Append("</ul></li>");
        }
        body.Append(
            $"</ol><p class=\"downloads\"><a href=\"gallery.html\">All figures on one page</a>{(hasGlossary ? " · <a href=\"glossary.html\">Glossary</a>" : "")}{(hasLibrary ? $" · <a href=\"{LibrarySource.Page}\">The library's source</a>" : "")}</p>"
        );
        return Page(Title, pages, -1, body.ToString(), new PagePolicy());
    }

    /// <summary>A page that is no chapter.</summary>
    public static string Extra(string title, IReadOnlyList<ChapterPage> pages, string body) =>
        Page($"{title} · {Title}", pages, -1, body, new PagePolicy());

    private static string Page(
        string title,
        IReadOnlyList<ChapterPage> pages,
        int current,
        string body,
        PagePolicy policy
    ) =>
        $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="color-scheme" content="light dark">
            <title>{WebUtility.HtmlEncode(title)}</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="assets/katex/katex.min.css">
            <link rel="stylesheet" href="assets/book.css">
            <script src="assets/theme.js"></script>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the text</a>
            <header class="bar"><button type="button" class="menu" aria-expanded="false" aria-controls="contents">Contents</button><a class="home" href="index.html">{Title}</a><button type="button" class="find" aria-label="Search (press /)" title="Search (press /)">Search</button><button type="button" class="theme">Theme</button></header>
            <nav id="contents" class="side" aria-label="Contents">{Contents(pages, current)}</nav>
            <main id="main">{body}</main>
            <dialog class="search" aria-label="Search the book"><form method="dialog"><input type="text" inputmode="search" enterkeyhint="search" aria-label="Words to find" autocomplete="off" spellcheck="false" placeholder="Search all chapters"><button type="button" class="close">Close</button></form><p class="status" role="status"></p><ol></ol></dialog>
            <script src="assets/book.js"></script>
            <script src="assets/search.js"></script>
            </body>
            </html>
            """;

    private static string Contents(IReadOnlyList<ChapterPage> pages, int current)
    {
        var list = new StringBuilder("<ol>");
        for (var i = 0; i < pages.Count; i++)
        {
            var here = i == current ? " aria-current=\"page\"" : "";
            list.Append($"<li><a href=\"{PageLink.To(pages[i])}\"{here}>{pages[i].Title}</a>");
            if (i == current)
            {
                list.Append("<ul>");
                foreach (var heading in pages[i].Headings.Where(h => h.Level == 2))
                    list.Append(
                        $"<li><a href=\"{PageLink.Here(heading.Id)}\">{heading.Html}</a></li>"
                    );
                list.Append("</ul>");
            }
            list.Append("</li>");
        }
        return list.Append("</ol>").ToString();
    }
}
