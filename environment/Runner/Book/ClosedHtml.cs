using System;
using System.Linq;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Diffusion.Runner.Book;

/// <summary>
/// HTML that code made, so that it ends where it was put: whatever it leaves open, a comment, an element or an
/// attribute, would take in what the page has below it.
/// </summary>
internal sealed class ClosedHtml
{
    private ClosedHtml(string html, IElement? element) => (Html, Element) = (html, element);

    /// <summary>As given where that is closed; else as a browser would close it; else its source, to be read.</summary>
    public string Html { get; }

    /// <summary>What a browser makes of it; null where the page shows the source.</summary>
    public IElement? Element { get; }

    public static ClosedHtml Of(string html)
    {
        if (Closed(html) is IElement whole)
            return new ClosedHtml(html, whole);
        var mended = Mended(html);
        return Closed(mended) is IElement element
            ? new ClosedHtml(mended, element)
            : new ClosedHtml($"<pre tabindex=\"0\">{WebUtility.HtmlEncode(html)}</pre>", null);
    }

    // As a browser that runs scripts: it reads <noscript> as one that runs none would not.
    private static HtmlParser Parser() => new(new HtmlParserOptions { IsScripting = true });

    /// <summary>The element that holds the HTML, where what follows it in a page stands behind that element.</summary>
    private static IElement? Closed(string html)
    {
        // Not to be foreseen: HTML that brings both marks along is not closed.
        var mark = $"m{Guid.NewGuid():n}";
        var document = Parser()
            .ParseDocument(
                $"<!DOCTYPE html><html><head></head><body><main><section><div id=\"{mark}\">{html}</div><form id=\"{mark}\"><span></span></form></section></main></body></html>"
            );
        var parents = new[] { document.DocumentElement, document.Body, document.Body?.FirstChild };
        var holds =
            parents.All(p => p is IElement { Attributes.Length: 0 })
            && document.Head is { ChildNodes.Length: 0 }
            && document.Body!.ChildNodes.Length == 1
            && document.Body.FirstChild!.ChildNodes.Length == 1
            && document.Body.FirstChild.FirstChild is IElement { Attributes.Length: 0 } section
            && section.ChildNodes.Length == 2
            && section.ChildNodes[0] is IElement before
            && before.Id == mark
            && section.ChildNodes[1] is IHtmlFormElement after
            && after.Id == mark
            && after.FirstChild is IHtmlSpanElement { ChildNodes.Length: 0 };
        return holds ? document.Body!.FirstChild!.FirstChild!.FirstChild as IElement : null;
    }

    private static string Mended(string html)
    {
        var parser = Parser();
        var context = parser.ParseDocument("").CreateElement("div");
        context.Append(parser.ParseFragment(html, context).ToArray());
        return context.InnerHtml;
    }
}
