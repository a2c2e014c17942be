using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>HTML that a cell showed stays in its place, and what it may run is told to the browser.</summary>
public sealed class OpenOutputTests
{
    [Theory]
    [InlineData("<p>shown</p><!-- open")]
    [InlineData("<p>shown</p><!--> --!")]
    [InlineData("<p>shown</p><div><table><tr><td>")]
    [InlineData("<p>shown</p><b><i>")]
    [InlineData("<p>shown</p><form>")]
    [InlineData("<p>shown</p><form></form></div><form>")]
    [InlineData("<p>shown</p><plaintext>")]
    [InlineData("<p>shown</p><textarea>")]
    [InlineData("<p>shown</p><title>")]
    [InlineData("<p>shown</p><style>")]
    [InlineData("<p>shown</p><script>")]
    [InlineData("<p>shown</p><script><!--<script></script>")]
    [InlineData("<p>shown</p><a title=\"")]
    [InlineData("<p>shown</p><svg><desc>")]
    [InlineData("<p>shown</p><math><mi>")]
    [InlineData("<p>shown</p><select><option>")]
    [InlineData("<p>shown</p><template>")]
    [InlineData("<p>shown</p><dialog><button>")]
    [InlineData("<p>shown</p></div></section></main></body></html>")]
    [InlineData("<p>shown</p><body id=\"taken\" onload=\"x()\">")]
    [InlineData("<p>shown</p><noscript><p title=\"</noscript><!--\">")]
    [InlineData("<p>shown</p><noembed>")]
    [InlineData("<p>shown</p><iframe>")]
    [InlineData("<p>shown</p><frameset>")]
    public void WhatAnOutputLeavesOpenHidesNothing(string html)
    {
        using var book = new SmallBook()
            .With("00-first", "# First", SmallBook.Shown(html), "## Later\n\nafter")
            .Written();

        var page = book.Page("00-first.html");
        Assert.Contains("shown", page.QuerySelector("main > .cell > .output")!.TextContent);
        Assert.Equal(
            "after",
            page.QuerySelector("body > main > section.text > h2#later + p")?.TextContent
        );
        Assert.NotNull(page.QuerySelector("body > dialog.search > form > input"));
        Assert.Equal(["body"], page.QuerySelectorAll("body").Select(b => b.LocalName));
        Assert.Empty(page.Body!.Attributes);
    }

    [Theory]
    [InlineData("<table><tr><td>1</td></tr></table>")]
    [InlineData("<p>a<p>b")]
    [InlineData("<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>")]
    [InlineData("<img alt='a' src=data:,>")]
    [InlineData("<details><summary>a</summary>b</details>")]
    public void WhatIsClosedStaysLetterForLetter(string html)
    {
        using var book = new SmallBook().With("00-first", SmallBook.Shown(html)).Written();

        Assert.Contains($"<div class=\"output\">{html}</div>", book.Text("00-first.html"));
    }

    [Fact]
    public void OnlyTheScriptsOfOutputsMayRunAndOnlyOnTheirPage()
    {
        using var book = new SmallBook()
            .With(
                "00-first",
                SmallBook.Shown(
                    "<script>first()</script><script type=\"module\">second()</script><button onclick=\"third()\">x</button>"
                        + "<script type=\"speculationrules\">{}</script><script type=\"application/json\">{}</script><script src=\"x.js\"></script>"
                )
            )
            .With("01-second", "# Second")
            .Written();

        Assert.Equal(
            [
                "script-src",
                "'self'",
                "file:",
                .. new[] { "first()", "second()" }.Select(Checksum).Order(StringComparer.Ordinal),
                "'unsafe-hashes'",
                Checksum("third()"),
            ],
            Scripts(book, "00-first.html")
        );
        foreach (var page in book.Pages.Where(p => p != "00-first.html"))
            Assert.Equal(["script-src", "'self'", "file:"], Scripts(book, page));
    }

    [Fact]
    public void AFiguresWordsAndDrawingAreClosedInTheGalleryToo()
    {
        using var book = new SmallBook()
            .With(
                "00-first",
                SmallBook.Shown(
                    "<figure class=\"diffusion-figure\"><p class=\"title\">Title <!-- </p> --> <b>bold</b></p><svg><svg></svg></svg></figure>"
                )
            )
            .With(
                "01-second",
                SmallBook.Shown(
                    "<figure class=\"diffusion-figure\"><p class=\"title\">Second</p></figure>"
                )
            )
            .Written();

        var gallery = book.Page("gallery.html");
        Assert.Equal(2, gallery.QuerySelectorAll("main > ul.gallery > li > a > .name").Length);
        Assert.NotNull(gallery.QuerySelector("body > dialog.search > form"));
    }

    private static string[] Scripts(SmallBook book, string page) =>
        book.Page(page)
            .QuerySelector("meta[http-equiv=Content-Security-Policy]")!
            .GetAttribute("content")!
            .Split("; ")
            .Single(d => d.StartsWith("script-src", StringComparison.Ordinal))
            .Split(' ');

    private static string Checksum(string script) =>
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'";
}
