using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Text;

namespace Diffusion.Runner.Book;

/// <summary>All figures of the book on one page, each a link to its place.</summary>
internal static class GalleryPage
{
    private const string Folder = "gallery";

    /// <summary>Writes the pictures, and makes the page's body.</summary>
    /// <param name="outputFolder">The book's.</param>
    public static string Write(IReadOnlyList<ChapterPage> pages, string outputFolder)
    {
        Directory.CreateDirectory(Path.Combine(outputFolder, Folder));
        var body = new StringBuilder(
            "<h1>All figures</h1><p class=\"lead\">As they stand when a page opens. A click leads to the place where each one moves, and where the text says what to see in it.</p>"
        );
        foreach (var page in pages)
        {
            if (page.Figures.Count == 0)
                continue;
            body.Append($"<h2>{page.Title}</h2><ul class=\"gallery\">");
            foreach (var figure in page.Figures)
            {
                string picture;
                if (figure.Png is byte[] png)
                {
                    var file = $"{Folder}/{figure.Anchor}.png";
                    File.WriteAllBytes(Path.Combine(outputFolder, file), png);
                    picture = $"<img loading=\"lazy\" alt=\"{figure.Alt}\" src=\"{file}\">";
                }
                else
                {
                    picture =
                        $"<span role=\"img\" aria-label=\"{figure.Alt}\">{ClosedHtml.Of(figure.Svg ?? "").Html}</span>";
                }
                body.Append(
                    $"<li><a href=\"{PageLink.To(page, figure.Anchor)}\">{picture}<span class=\"name\">Figure {figure.Label} {WebUtility.HtmlEncode(figure.Title)}</span></a></li>"
                );
            }
            body.Append("</ul>");
        }
        return body.ToString();
    }
}
