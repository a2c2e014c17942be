using System;
using System.Linq;
using AngleSharp.Dom;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Whatever a text cell holds, it brings neither script nor address nor an open end into any page.</summary>
public sealed class UntrustedTextTests
{
    /// <summary>Elements that Markdown, formulas and the page itself are made of.</summary>
    private static readonly string[] Elements =
    [
        .. "html head meta title link script body a header button nav ol ul li main section h1 h2 h3 h4 h5 h6".Split(
            ' '
        ),
        .. "p em strong del sub sup ins mark code pre blockquote hr br img table thead tbody tr th td div span".Split(
            ' '
        ),
        .. "dialog form input small math semantics mrow mi mo mn annotation mfrac msup msub mtext mstyle".Split(
            ' '
        ),
    ];

    public static TheoryData<string> Hostile =>
        [
            "<script>alert(1)</script>",
            "a <script>alert(1)</script> b",
            "<img src=x onerror=alert(1)>",
            "<meta http-equiv=\"refresh\" content=\"0;url=https://example.org/\">",
            "<base href=\"https://example.org/\">",
            "<form action=\"https://example.org/\"><input name=a><button>go</button></form>",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "<script type=\"speculationrules\">{\"prefetch\":[{\"urls\":[\"https://example.org\"]}]}</script>",
            "<link rel=\"dns-prefetch\" href=\"//example.org\">",
            "<style>body{display:none}</style>",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<!-- hidden",
            "text <!-- hidden",
            "<![CDATA[ hidden",
            "<?php hidden",
            "<!DOCTYPE hidden",
            "<plaintext>",
            "<textarea>",
            "<title>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<template><div>",
            "<select><option>",
            "<b><i><u>",
            "<div hidden><details>",
            "<a title=\"",
            "</section></main></body></html>",
            "| a |\n|---|\n| <plaintext> |",
            "- <xmp>\n  > <listing>",
            "```html\n</code></pre></section><script>alert(1)</script>",
            "```\"onclick=\"alert(1)\ncode",
            "    <script>alert(1)</script>",
            "words {onclick=alert(1) style=position:fixed}",
            "[words](x.html){onclick=alert(1)}",
            "[words](javascript:alert(1))",
            "[words](<javascript:alert(1)>)",
            "[words](JaVaScRiPt:alert(1))",
            "[words](&#106;avascript&colon;alert(1))",
            "[words](java&Tab;script:alert(1))",
            "[words](<java&NewLine;script:alert(1)>)",
            "[words](&#1;javascript:alert(1))",
            "[words](<&#32;javascript:alert(1)>)",
            "[words](vbscript:x)",
            "[words](file:///etc/passwd)",
            "[words](data:text/html,<script>alert(1)</script>)",
            "[words](blob:x)",
            "[words](view-source:x)",
            "[words](//example.org/x)",
            "[words](/\\example.org/x)",
            "[words](\\\\\\\\example.org\\x)",
            "[words](<&Tab;//example.org/x>)",
            "[words][1]\n\n[1]: javascript:alert(1)",
            "<javascript:alert(1)>",
            "<data:text/html,x>",
            "![words](https://example.org/x.png)",
            "![words](//example.org/x.png)",
            "![words](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)",
            "![words](data:text/html;base64,PHN2Zz48L3N2Zz4=)",
            "![words](../../secret.png)",
            "![words](images/%2e%2e/%2e%2e/secret.png)",
            "![words](/secret.png)",
            "![\"onerror=alert(1) x=\"](x.png \"\\\"onload=alert(1)\")",
            "$\\href{javascript:alert(1)}{x}$",
            "$\\htmlStyle{position:fixed}{x}$ $\\includegraphics{https://example.org/x.png}$",
            "$\\text{<script>alert(1)</script>}$",
            "a[^1]\n\n[^1]: <script>alert(1)</script>",
        ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void TextNeitherRunsNorLeadsOutNorHidesWhatFollows(string text)
    {
        // A heading is on every page, in the contents; it has one line.
        var heading = text.Split('\n')[0].Replace("```", "", StringComparison.Ordinal);
        using var book = new SmallBook()
            .With("00-hostile", "# First", text, "## Later\n\nafter")
            .With("01-heading", $"# {heading}", $"## {heading}", "## Later\n\nafter")
            .Written();

        foreach (var name in book.Pages)
        {
            var page = book.Page(name);
            foreach (var element in page.All)
            {
                Assert.Contains(element.LocalName, Elements);
                foreach (var attribute in element.Attributes)
                    AssertHarmless(element, attribute);
            }
            // The policy and the frame's own things stand where they stood.
            Assert.Equal(4, page.QuerySelectorAll("meta").Length);
            Assert.Equal(3, page.QuerySelectorAll("script").Length);
            Assert.Equal(1, page.QuerySelectorAll("form").Length);
            Assert.NotNull(page.QuerySelector("body > dialog.search > form > input"));
        }
        foreach (var name in (string[])["00-hostile.html", "01-heading.html"])
            Assert.Equal(
                "after",
                book.Page(name)
                    .QuerySelector("body > main > section.text > h2#later + p")
                    ?.TextContent
            );
    }

    private static void AssertHarmless(IElement element, IAttr attribute)
    {
        var said = $"{element.LocalName} {attribute.Name}=\"{attribute.Value}\"";
        Assert.False(attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase), said);
        Assert.False(
            attribute.Name == "style"
                && attribute.Value.Contains("position:fixed", StringComparison.Ordinal),
            said
        );
        if (attribute.Name is not ("href" or "src" or "action" or "xlink:href"))
            return;
        Assert.True(
            attribute.Value == "data:,"
                || attribute.Value.StartsWith('#')
                || !attribute.Value.Contains(':', StringComparison.Ordinal)
                    && !attribute.Value.StartsWith("//", StringComparison.Ordinal)
                    && !attribute.Value.Contains('\\', StringComparison.Ordinal)
                    && !attribute.Value.Contains("..", StringComparison.Ordinal)
                    && !attribute.Value.Contains("%2e", StringComparison.OrdinalIgnoreCase)
                    && !(element.LocalName == "img" && attribute.Value.StartsWith('/')),
            said
        );
    }

    [Theory]
    [InlineData("[words](https://example.org/a?b=1&c#d)", "https://example.org/a?b=1&c#d")]
    [InlineData("[words](HTTP://example.org)", "HTTP://example.org")]
    [InlineData("[words](mailto:a@example.org)", "mailto:a@example.org")]
    [InlineData("<https://example.org/>", "https://example.org/")]
    [InlineData("<a@example.org>", "mailto:a@example.org")]
    [InlineData("[words](#later)", "#later")]
    [InlineData("[words](../README.md)", "../README.md")]
    [InlineData("[words](01-second.dib)", "01-second.html")]
    [InlineData("[words](01-second.dib#part)", "01-second.html#part")]
    [InlineData("[words](01%20a%23b.dib)", "01%20a%23b.html")]
    public void HarmlessLinksStay(string text, string leads)
    {
        using var book = new SmallBook().With("00-first", "# First", text).Written();

        Assert.Equal(
            leads,
            book.Page("00-first.html").QuerySelector("main .text p a")?.GetAttribute("href")
        );
    }

    [Fact]
    public void PicturesInTheAddressAndBesideTheNotebookStay()
    {
        const string Dot =
            "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
        using var book = new SmallBook()
            .With("00-first", "# First", $"![a dot]({Dot}) ![b](images/b.png)")
            .Written();

        Assert.Equal(
            [Dot, "images/b.png"],
            book.Page("00-first.html")
                .QuerySelectorAll("main img")
                .Select(i => i.GetAttribute("src"))
        );
    }

    [Fact]
    public void ALinkInAHeadingIsALinkOnlyThere()
    {
        using var book = new SmallBook()
            .With(
                "00-first",
                "# First",
                "## See [this](https://example.org) and <https://example.com>[^1]\n\n[^1]: Note."
            )
            .Written();

        Assert.Equal(
            2,
            book.Page("00-first.html").QuerySelectorAll("main h2 a[href^=https]").Length
        );
        foreach (var name in book.Pages)
            Assert.Empty(
                book.Page(name)
                    .QuerySelectorAll("nav a a, .contents a[href^=https], nav a[href^=https]")
            );
        Assert.Contains(
            "See this and https://example.com",
            book.Page("index.html").QuerySelector(".contents ul a")!.TextContent
        );
    }

    [Fact]
    public void TheSearchIsGivenTextAndNoHtml()
    {
        using var book = new SmallBook()
            .With(
                "00-first",
                "# First",
                "## A <img src=x onerror=alert(1)>\n\n</script><script>alert(2)</script>"
            )
            .Written();

        var index = book.Text("assets/search-index.js");
        Assert.DoesNotContain("<", index);
        Assert.Contains("onerror=alert(1)", index);
        // What the search's script puts into the page is put there as text.
        Assert.DoesNotMatch(
            "innerHTML|outerHTML|insertAdjacentHTML|document.write|createContextualFragment",
            string.Concat(
                new[] { "search.js", "book.js", "theme.js" }.Select(f => book.Text($"assets/{f}"))
            )
        );
    }
}
