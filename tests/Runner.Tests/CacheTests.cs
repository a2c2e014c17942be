using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The second run does only what has changed, and says so.</summary>
public sealed class CacheTests : IDisposable
{
    private readonly TestFolder folder = new();

    public CacheTests()
    {
        folder.Write("Diffusion.slnx", "<Solution />");
        Chapter("00-first", "1 + 1");
        Chapter("01-second", "System.DateTime.UtcNow.Ticks");
    }

    public void Dispose() => folder.Dispose();

    private void Chapter(string name, string code) =>
        folder.Write($"notebooks/{name}.dib", $"#!markdown\n\n# {name}\n\n#!csharp\n\n{code}\n");

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await RunnerHere.RunAsync(folder.Path, arguments);
        Assert.True(code == 0, output);
        return output;
    }

    private string Page(string name) => File.ReadAllText(folder[$"book/{name}.html"]);

    [Fact]
    public async Task NothingChangedRunsNothing()
    {
        await RunAsync();
        var before = Page("01-second");
        Assert.Contains("Nothing has changed", await RunAsync());
        Assert.Equal(before, Page("01-second"));
        // A page that is gone is noticed, and the book written anew from what is remembered.
        File.Delete(folder["book/01-second.html"]);
        var output = await RunAsync();
        Assert.Equal(2, output.Split("unchanged since").Length - 1);
        Assert.Equal(before, Page("01-second"));
    }

    [Theory]
    [InlineData("lib/A.csx")]
    [InlineData("data/weights/a.safetensors")]
    [InlineData("environment/cpu.dib")]
    public async Task AnyInputThatChangesRunsEverything(string file)
    {
        await RunAsync();
        var before = Page("01-second");
        folder.Write(file, "x");
        Assert.DoesNotContain("unchanged", await RunAsync());
        Assert.NotEqual(before, Page("01-second"));
    }

    [Fact]
    public async Task OnlyAChapterThatChangedRuns()
    {
        await RunAsync();
        var second = Page("01-second");
        Chapter("00-first", "20 + 22");
        var output = await RunAsync();
        Assert.Single(output.Split("unchanged since").Skip(1));
        Assert.Contains("42", Page("00-first"));
        Assert.Equal(second, Page("01-second"));
    }

    /// <summary>What chapters import, load and read decides for them, and for no other chapter.</summary>
    [Fact]
    public async Task AChapterRunsAgainWhereWhatItNeedsHasChanged()
    {
        folder.Notebook("notebooks/helper.dib", "var helped = 40;");
        folder.Write("docs/note.txt", "7");
        folder.Notebook("notebooks/00-first.dib", "#!import \"helper.dib\"", "helped + 2");
        Chapter("01-second", "System.IO.File.ReadAllText(\"../docs/note.txt\")");
        await RunAsync();
        Assert.Contains("Nothing has changed", await RunAsync());

        folder.Notebook("notebooks/helper.dib", "var helped = 4000;");
        Assert.Single((await RunAsync()).Split("unchanged since").Skip(1));
        Assert.Contains("4002", Page("00-first"));
        if (!OperatingSystem.IsLinux())
            return; // where nobody says what was read
        folder.Write("docs/note.txt", "8765");
        Assert.Single((await RunAsync()).Split("unchanged since").Skip(1));
        Assert.Contains("8765", Page("01-second"));
        Assert.Contains("Nothing has changed", await RunAsync());
    }

    [Fact]
    public async Task FreshAndDamagedCopiesRunAgain()
    {
        await RunAsync();
        var before = Page("01-second");
        Assert.DoesNotContain("unchanged", await RunAsync("--fresh"));
        var again = Page("01-second");
        Assert.NotEqual(before, again);
        foreach (var copy in Directory.GetFiles(Path.Combine(folder.Path, "work", "cache")))
        {
            // One letter of what a chapter showed: still JSON, and no longer what was kept.
            var text = File.ReadAllBytes(copy);
            var at = text.AsSpan().LastIndexOf("text/plain"u8);
            text[(at < 0 ? text.Length / 2 : at) + 1] ^= 4;
            File.WriteAllBytes(copy, text);
        }
        Directory.Delete(Path.Combine(folder.Path, "book"), recursive: true);
        Assert.DoesNotContain("unchanged", await RunAsync());
        Assert.NotEqual(again, Page("01-second"));
    }

    [Fact]
    public async Task ThePackedBookHoldsThePages()
    {
        await RunAsync("--zip");
        using var zip = System.IO.Compression.ZipFile.OpenRead(
            Path.Combine(folder.Path, "book.zip")
        );
        Assert.NotNull(zip.GetEntry("book/index.html"));
        Assert.NotNull(zip.GetEntry("book/01-second.html"));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    [Fact]
    public async Task CleanLeavesTrainingsAndListNamesChapters()
    {
        await RunAsync();
        folder.Write("work/training/best/step.txt", "kept");
        Assert.Contains("01-second", await RunAsync("list"));
        await RunAsync("clean");
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "book")));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "work", "cache")));
        Assert.True(File.Exists(folder["work/training/best/step.txt"]));
    }
}
