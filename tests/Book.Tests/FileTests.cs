using System.IO;
using System.Linq;
using System.Text.Json;
using AngleSharp.Html.Parser;
using Xunit;

namespace Book.Tests;

/// <summary>The book's files as they lie on disk.</summary>
public sealed class FileTests
{
    private const long LargestPage = 5_000_000;

    public static TheoryData<string> Pages => WrittenBook.PageCases;

    [Theory]
    [MemberData(nameof(Pages))]
    public void Pages_are_small_and_carry_no_library_of_their_own(string name)
    {
        WrittenBook.Require();
        var path = Path.Combine(WrittenBook.Folder, name);
        Assert.InRange(new FileInfo(path).Length, 1, LargestPage);
        var page = new HtmlParser().ParseDocument(File.ReadAllText(path));
        Assert.Empty(page.QuerySelectorAll("[data-library]"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_picture_says_what_it_shows(string name)
    {
        WrittenBook.Require();
        var page = new HtmlParser().ParseDocument(
            File.ReadAllText(Path.Combine(WrittenBook.Folder, name))
        );
        Assert.All(
            page.QuerySelectorAll("img"),
            i => Assert.False(string.IsNullOrWhiteSpace(i.GetAttribute("alt")))
        );
        Assert.All(
            page.QuerySelectorAll(".plot, .drawing"),
            p => Assert.False(string.IsNullOrWhiteSpace(p.GetAttribute("aria-label")))
        );
        // Without scripts a figure still shows something.
        Assert.All(
            page.QuerySelectorAll(".diffusion-figure"),
            f => Assert.NotNull(f.QuerySelector(".static, svg"))
        );
    }

    [Fact]
    public void Notebooks_lie_beside_their_pages_with_pictures_for_readers_without_scripts()
    {
        WrittenBook.Require();
        foreach (var page in WrittenBook.Chapters)
        {
            var name = Path.GetFileNameWithoutExtension(page);
            Assert.True(File.Exists(Path.Combine(WrittenBook.Folder, $"{name}.dib")));
            using var notebook = JsonDocument.Parse(
                File.ReadAllBytes(Path.Combine(WrittenBook.Folder, $"{name}.ipynb"))
            );
            var root = notebook.RootElement;
            Assert.Equal(4, root.GetProperty("nbformat").GetInt32());
            Assert.Equal(5, root.GetProperty("nbformat_minor").GetInt32());
            var cells = root.GetProperty("cells").EnumerateArray().ToArray();
            Assert.Equal(
                cells.Length,
                cells.Select(c => c.GetProperty("id").GetString()).Distinct().Count()
            );
            var outputs = cells
                .Where(c => c.GetProperty("cell_type").GetString() == "code")
                .SelectMany(c => c.GetProperty("outputs").EnumerateArray())
                .ToArray();
            Assert.DoesNotContain(
                outputs,
                o => o.GetProperty("output_type").GetString() == "error"
            );
            // As many pictures as the page has figures that scripts draw.
            var figures =
                File.ReadAllText(Path.Combine(WrittenBook.Folder, page))
                    .Split("<img class=\"static\"")
                    .Length - 1;
            Assert.Equal(
                figures,
                outputs.Count(o =>
                    o.TryGetProperty("data", out var data)
                    && data.TryGetProperty("image/png", out _)
                )
            );
        }
    }
}
