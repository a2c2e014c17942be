using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>A notebook may have any name that a file may have.</summary>
public sealed class FileNameTests
{
    public static TheoryData<string> Names =>
        [
            "06-\"onmouseover=\"alert(1)\" x",
            "06-'onmouseover='alert(1)' x",
            "06-<img src=x onerror=alert(1)>",
            "06-a#b?c%20d%zz&amp;e&f",
            "06-a b  c",
            "06-ünïcödé-日本-𝔘",
            "06-\u202eesrever\u202c-\u200fmark",
            "javascript:alert(1)",
            "06-a:b;c,d=e+f@g!h$i(j)",
            "06-back\\slash",
            "06-{name}*",
            "06-line\nbreak",
            "-",
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLinkToItsPageLeadsThere(string name)
    {
        using var book = new SmallBook()
            .With("00-before", "# Before")
            .With(
                name,
                SmallBook.Shown(
                    "<figure class=\"diffusion-figure\"><figcaption>Shown.</figcaption></figure>"
                ),
                "## Part\n\nwords"
            )
            .With("07-after", "# After")
            .Written();

        var linked = 0;
        foreach (var page in book.Pages)
        {
            var document = book.Page(page);
            Assert.DoesNotContain(
                document.All.SelectMany(e => e.Attributes),
                a => a.Name.StartsWith("on", StringComparison.Ordinal)
            );
            Assert.Empty(document.QuerySelectorAll("main > img, nav img"));
            foreach (var link in document.QuerySelectorAll("a[href]"))
            {
                var address = link.GetAttribute("href")!;
                if (address.StartsWith('#'))
                    continue;
                var file = File(address);
                Assert.True(
                    System.IO.File.Exists(Path.Combine(book.Output, file)),
                    $"{page}: {link.OuterHtml}"
                );
                if (Path.GetFileNameWithoutExtension(file) == name)
                    linked++;
            }
        }
        // From the contents of all five pages, the index, the gallery, the neighbours; the notebook and its source.
        Assert.Equal(5 + 2 + 1 + 2 + 2, linked);
        Assert.Equal(
            name,
            book.Page("index.html")
                .QuerySelectorAll(".contents > li > a")[1]
                .TextContent.Replace("\r", "")
        );

        var script = book.Text("assets/search-index.js");
        using var sections = JsonDocument.Parse(
            script[(script.IndexOf('=') + 1)..].Trim().TrimEnd(';')
        );
        var found = sections
            .RootElement.EnumerateArray()
            .Single(s => s.GetProperty("title").GetString() == "Part");
        Assert.Equal($"{name}.html", File(found.GetProperty("page").GetString()!));
    }

    /// <summary>The file beside the page that a browser asks for (RFC 3986, 4.2 and 5.2).</summary>
    private static string File(string address)
    {
        var path = address.Split('?', '#')[0];
        Assert.DoesNotContain(path, c => c is ':' or '/' or '\\');
        return Uri.UnescapeDataString(path);
    }
}
