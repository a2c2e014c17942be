using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BigGustave;
using Diffusion.Runner.Book;
using Diffusion.Runner.Native;
using Diffusion.Runner.Notebooks;
using TorchSharp;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Pages of small chapters that have one of everything. What a browser makes of the real ones is in Book.Tests.</summary>
public sealed partial class BookTests : IDisposable
{
    private readonly TestFolder folder = new();

    public BookTests()
    {
        folder.Write(
            "lib/Diffusion.csx",
            "#load \"Diffusion/Unet.csx\"\n#load \"Diffusion/Sampler.csx\"\n"
        );
        folder.Write(
            "lib/Diffusion/Sampler.csx",
            "/// <summary>Needs a <see cref=\"UNet\"/> and a <i>wombat</i>.</summary>\npublic sealed class Sampler;\n"
        );
        folder.Write("lib/Diffusion/Unet.csx", "public delegate void UNet();\n");
        folder.Write(
            "docs/glossary.md",
            "# Glossary\n\n## Guidance\n\nSteering.\n\n## Guidance scale\n\nHow \"much\" of it.\n\n## Step\n\nOne of many.\n"
        );
        var picture = PngBuilder.Create(31, 17, hasAlphaChannel: false);
        using (var file = File.Create(folder["notebooks/images/00-first-pictures.png"]))
            picture.Save(file);
        Directory.CreateDirectory(Output);
    }

    public void Dispose() => folder.Dispose();

    private string Output => folder["book/x"][..^2];

    private string Page(string name) => File.ReadAllText(Path.Combine(Output, name));

    private ExecutedNotebook Notebook(string name, params ExecutedCell[] cells) =>
        new(
            name,
            folder.Write($"notebooks/{name}.dib", "#!markdown\n"),
            cells,
            new RunCosts(default, default, null, 0)
        );

    private static ExecutedCell Text(int number, string markdown) =>
        new(number, CellKind.Markdown, markdown, 10 * number, TimeSpan.Zero, []);

    private static ExecutedCell Code(int number, string code, params CellOutput[] outputs) =>
        new(number, CellKind.CSharp, code, 10 * number, TimeSpan.FromSeconds(12.34), outputs);

    private static CellOutput Html(string html) =>
        new(OutputKind.Display, new Dictionary<string, string> { ["text/html"] = html });

    private void Write(params ExecutedNotebook[] notebooks) =>
        BookWriter.Write(notebooks, folder.Path, Output);

    private string TextPage(string markdown)
    {
        Write(Notebook("00-first", Text(1, "# First\n\n" + markdown)));
        return Body().Match(Page("00-first.html")).Value;
    }

    [Fact]
    public void FormulasAreTypesetInTheLineAndOnTheirOwn()
    {
        var page = TextPage("With $x_t$ and $$x_0$$ follows\n\n$$\n\\bar\\alpha_t\n$$\n");

        Assert.Equal(3, Regex.Count(page, "<math "));
        Assert.Matches(
            "<span class=\"formula\"[^>]*tabindex=\"0\"><span class=\"katex-display\"",
            page
        );
        Assert.Matches(
            "<div class=\"formula\"[^>]*tabindex=\"0\"><span class=\"katex-display\"",
            page
        );
        Assert.DoesNotContain("$", page);
    }

    [Fact]
    public void AFormulaThatCannotBeTypesetIsNamedWithItsCell()
    {
        var chapter = Notebook("00-first", Text(1, "# First"), Text(2, @"See $\frac{1$."));

        var error = Assert.Throws<NotebookException>(() => Write(chapter));

        Assert.StartsWith(
            $"{chapter.SourcePath}, cell 2, line 20: The formula '\\frac{{1'",
            error.Message
        );
    }

    [Fact]
    public void TheSameWordsMayHeadTwoSections()
    {
        Write(
            Notebook(
                "00-first",
                Text(1, "# First\n\n## Try `it`"),
                Text(2, "## Try `it`"),
                Text(3, "## Try `it`")
            )
        );
        var page = Page("00-first.html");
        var anchors = Regex
            .Matches(page, "<h2 id=\"([^\"]*)\"")
            .Select(m => m.Groups[1].Value)
            .ToArray();

        Assert.Equal(["try-it", "try-it-2", "try-it-3"], anchors);
        foreach (var anchor in anchors)
            // Beside the heading, and in the list of contents.
            Assert.Equal(2, Regex.Count(page, $"href=\"#{anchor}\""));
    }

    [Fact]
    public void TablesScrollListingsAreColouredAndLinksLeadToPages()
    {
        var page = TextPage(
            """
            | a | b |
            |---|---|
            | 1 | 2 |

            ```csharp
            var x = 1; // one
            ```

            ```text
            var <y>
            ```

            The [next](01-second.dib), its [solutions](solutions/01-second.dib), and ![a picture](images/00-first-pictures.png) and ![none](images/none.png).
            """
        );

        Assert.Matches("<div class=\"table\"[^>]*tabindex=\"0\">\\s*<table>", page);
        Assert.Matches("<code><span[^>]*>var</span>", page);
        Assert.Contains("<code>var &lt;y&gt;</code>", page);
        Assert.Contains("<a href=\"01-second.html\">next</a>", page);
        Assert.Contains("<a href=\"solutions/01-second.dib\">", page);
        Assert.Matches(
            "<img src=\"images/00-first-pictures.png\" width=\"31\" height=\"17\" alt=\"a picture\"",
            page
        );
        Assert.Matches("<img src=\"images/none.png\" alt=\"none\"", page);
        Assert.True(File.Exists(Path.Combine(Output, "images", "00-first-pictures.png")));
        Assert.Contains("images/00-first-pictures.png", Page("index.html"));
    }

    [Fact]
    public void TheFirstUseOfAWordLeadsToItsExplanation()
    {
        var page = TextPage(
            "A [step](01-second.dib) of guidance scales; steps and Steps, guidance, stepwise."
        );

        Assert.Equal(
            ["guidance scales", "steps", "guidance"],
            Regex.Matches(page, "<a class=\"term\"[^>]*>(.*?)</a>").Select(m => m.Groups[1].Value)
        );
        Assert.Contains(
            "href=\"glossary.html#guidance-scale\" title=\"How &quot;much&quot; of it.\"",
            page
        );
        Assert.Contains("id=\"guidance-scale\"", Page("glossary.html"));
    }

    [Fact]
    public void ATypeOfTheLibraryLeadsToItsSource()
    {
        Write(Notebook("00-first", Code(1, "Sampler a = null!; Sampler b = a; Trainer c;")));
        var (page, library) = (Page("00-first.html"), Page("library.html"));

        Assert.Equal(1, Regex.Count(page, "href=\"library.html#Sampler\""));
        Assert.DoesNotContain("library.html#Trainer", page);
        foreach (var type in (string[])["Sampler", "UNet"])
            Assert.Equal(1, Regex.Count(library, $"id=\"{type}\""));
        // In the order in which they are loaded, not of the alphabet.
        Assert.True(
            library.IndexOf("id=\"UNet\"", StringComparison.Ordinal)
                < library.IndexOf("id=\"Sampler\"", StringComparison.Ordinal)
        );
        Assert.Contains("wombat", Page("assets/search-index.js"));
    }

    [Fact]
    public void FiguresAreNumberedAndGatheredAndTheirScriptsWrittenOnce()
    {
        var grid = Grid();
        var drawing = Figure.Diagram(
            "<svg viewBox=\"0 0 9 9\"><path d=\"M0 0\"/></svg>",
            "A line. No more.",
            "A short line"
        );
        var scripts = Html(FigureScripts.Html);
        Write(
            Notebook(
                "00-first",
                Text(1, "# First"),
                Code(2, "1", scripts, Html(grid.ToHtml())),
                Code(3, "2", Html(drawing.ToHtml()))
            ),
            Notebook("A-more", Text(1, "# More"), Code(2, "1", scripts, Html(drawing.ToHtml()))),
            Notebook("B-none", Text(1, "# None"))
        );
        var (page, gallery) = (Page("00-first.html"), Page("gallery.html"));

        Assert.Matches(
            "id=\"figure-0-1\"></a><figure[^>]*>.*<figcaption><span class=\"number\">Figure 0.1</span> None moves\\.",
            page
        );
        Assert.Contains("<figcaption><span class=\"number\">Figure 0.2</span> A line.", page);
        Assert.Contains("<span class=\"number\">Figure A.1</span>", Page("A-more.html"));

        Assert.Equal(
            ["00-first.html#figure-0-1", "00-first.html#figure-0-2", "A-more.html#figure-A-1"],
            Regex
                .Matches(gallery, "<li><a href=\"([^\"]*#figure[^\"]*)\"")
                .Select(m => m.Groups[1].Value)
        );
        Assert.Contains("alt=\"Four greys\" src=\"gallery/figure-0-1.png\"", gallery);
        Assert.Contains("Figure 0.1 Four &lt;greys&gt;", gallery);
        Assert.Matches(
            "role=\"img\" aria-label=\"A short line\"><svg.*</svg></span><span class=\"name\">Figure 0.2 A line</span>",
            gallery
        );
        Assert.DoesNotContain("<h2>None</h2>", gallery);
        Assert.True(Png.Open(Path.Combine(Output, "gallery", "figure-0-1.png")).Width >= 56);

        Assert.Equal(
            [".css", ".js", ".js"],
            Directory
                .GetFiles(Path.Combine(Output, "assets"), "library-*")
                .Select(Path.GetExtension)
                .Order()
        );
        foreach (var name in (string[])["00-first.html", "A-more.html"])
        {
            Assert.Equal(
                3,
                Regex.Count(Page(name), "(src|href)=\"assets/library-[0-9a-f]{16}\\.(js|css)\"")
            );
            Assert.True(Page(name).Length < 200_000);
        }
    }

    [Fact]
    public void EachKindOfOutputIsShownAsWhatItIs()
    {
        using var memory = new MemoryStream();
        PngBuilder.Create(2, 2, hasAlphaChannel: false).Save(memory);
        var png = Convert.ToBase64String(memory.ToArray());
        CellOutput Plain(OutputKind kind, string text) =>
            new(kind, new Dictionary<string, string> { ["text/plain"] = text });
        var chapter = Notebook(
            "00-first",
            Code(
                1,
                "1",
                Plain(OutputKind.StandardOutput, "to <b>out</b>\n"),
                Plain(OutputKind.StandardError, "to error"),
                Plain(OutputKind.ReturnValue, "42"),
                Plain(OutputKind.Error, "It failed."),
                Plain(OutputKind.StandardOutput, " \n"),
                new CellOutput(
                    OutputKind.Display,
                    new Dictionary<string, string> { ["image/png"] = png }
                )
            )
        );
        Write(chapter);
        var page = Body().Match(Page("00-first.html")).Value;

        Assert.Contains(
            "<div class=\"output\"><pre tabindex=\"0\">to &lt;b&gt;out&lt;/b&gt;</pre>",
            page
        );
        Assert.Equal(2, Regex.Count(page, "class=\"output error\""));
        Assert.Equal(5, Regex.Count(page, "class=\"output"));
        Assert.Contains($"src=\"data:image/png;base64,{png}\"", page);
        Assert.Contains(">12 s</span>", page);

        var outputs = JsonNode.Parse(Page("00-first.ipynb"))!["cells"]![0]!["outputs"]!.AsArray();
        Assert.Equal(
            ["stream", "stream", "execute_result", "error", "stream", "display_data"],
            outputs.Select(o => (string?)o!["output_type"])
        );
        Assert.Equal("stderr", (string?)outputs[1]!["name"]);
        Assert.Equal(1, (int?)outputs[2]!["execution_count"]);
        Assert.Equal(png, (string?)outputs[5]!["data"]!["image/png"]);
    }

    [Fact]
    public void AFigureInANotebookCarriesAPictureForReadersWithoutScripts()
    {
        var grid = Grid();
        var drawing = Figure.Diagram(
            "<svg class=\"static\" viewBox=\"0 0 9 9\"></svg>",
            "A line.",
            "A line"
        );
        Write(Notebook("00-first", Code(1, "1", Html(grid.ToHtml()), Html(drawing.ToHtml()))));

        var outputs = JsonNode.Parse(Page("00-first.ipynb"))!["cells"]![0]!["outputs"]!.AsArray();
        Assert.True(
            Png.Open(Convert.FromBase64String((string)outputs[0]!["data"]!["image/png"]!)).Width
                > 100
        );
        Assert.StartsWith(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" ",
            string.Concat(outputs[1]!["data"]!["image/svg+xml"]!.AsArray().Select(l => (string)l!))
        );
    }

    [Fact]
    public void ChaptersLeadToTheirNeighbours()
    {
        Write(
            Notebook("00-first", Text(1, "# One & *only*")),
            Notebook("01-second", Text(1, "# Two")),
            Notebook("02-third", Code(1, "1"))
        );
        var page = Page("01-second.html");

        Assert.Contains(
            "<a rel=\"prev\" href=\"00-first.html\"><small>Previous</small>One &amp; <em>only</em></a>",
            page
        );
        Assert.Contains(
            "<a rel=\"next\" href=\"02-third.html\"><small>Next</small>02-third</a>",
            page
        );
        Assert.Contains("<title>One &amp; only ", Page("00-first.html"));
        Assert.DoesNotContain("rel=\"prev\"", Page("00-first.html"));
        Assert.DoesNotContain("rel=\"next\"", Page("02-third.html"));
    }

    private static Figure Grid()
    {
        TorchNative.Load();
        using var pixels = torch.zeros(4, 1, 28, 28);
        return Figure.Grid(
            pixels,
            title: "Four <greys>",
            caption: "None moves. And on.",
            alt: "Four greys"
        );
    }

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline)]
    private static partial Regex Body();
}
