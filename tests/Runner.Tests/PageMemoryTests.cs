using System;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Book;
using Diffusion.Runner.Commands;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What took long is made once for all pages, and nobody can tell.</summary>
public sealed class PageMemoryTests : IDisposable
{
    private readonly TestFolder folder = new();
    private int made;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatWasMadeIsMadeOnceAndKept()
    {
        var first = PageMemory.Of(folder.Path);
        Assert.Equal("made 1", Recall(first, "a"));
        Assert.Equal("made 1", Recall(first, "a"));
        Assert.Equal("made 2", Recall(first, "b"));
        Assert.Equal("made 3", first.Recall("other kind", "a", Make));
        first.Keep();

        // What this one does not ask for is kept all the same.
        var second = PageMemory.Of(folder.Path);
        Assert.Equal("made 2", Recall(second, "b"));
        Assert.Equal("made 4", Recall(second, "c"));
        second.Keep();

        var third = PageMemory.Of(folder.Path);
        Assert.Equal("made 1", Recall(third, "a"));
        Assert.Equal("made 4", Recall(third, "c"));
        Assert.Equal("made 5", Recall(PageMemory.None, "a"));
    }

    [Fact]
    public void WhatIsDamagedOrForgottenIsMadeAgain()
    {
        var first = PageMemory.Of(folder.Path);
        Recall(first, "a");
        first.Keep();
        var kept = Assert.Single(Directory.GetFiles(PageMemory.FolderIn(folder.Path)));
        File.WriteAllBytes(kept, [.. File.ReadAllBytes(kept).SkipLast(1), 0]);

        var second = PageMemory.Of(folder.Path);
        Assert.Equal("made 2", Recall(second, "a"));
        second.Keep();
        RunCache.Forget(folder.Path, CancellationToken.None);

        Assert.False(Directory.Exists(PageMemory.FolderIn(folder.Path)));
        Assert.Equal("made 3", Recall(PageMemory.Of(folder.Path), "a"));
    }

    [Fact]
    public void FormulasAndCodeLookTheSameFromMemory()
    {
        const string Code = "// said\nvar x = \"<b>\" + 1; Math.Sqrt(x);";
        var before = Made();
        var after = Made();
        Assert.Equal(before, after);
        Assert.Contains("katex-display", before[1]);
        Assert.DoesNotContain("katex-display", before[0]);
        Assert.Contains("<span class=\"c\">// said</span>", before[2]);
        Assert.Contains("&lt;b&gt;", before[2]);

        string[] Made()
        {
            var memory = PageMemory.Of(folder.Path);
            var katex = new Katex(memory);
            string[] all =
            [
                katex.Typeset("x^2", display: false),
                katex.Typeset("x^2", display: true),
                new CodeColours(memory).ToHtml(Code),
            ];
            memory.Keep();
            return all;
        }
    }

    [Fact]
    public void WhatIsRefusedIsRefusedEachTime()
    {
        for (var i = 0; i < 2; i++)
        {
            var memory = PageMemory.Of(folder.Path);
            Assert.Throws<FormatException>(() => new Katex(memory).Typeset(@"\frac{1", false));
            memory.Keep();
        }
    }

    private string Recall(PageMemory memory, string text) => memory.Recall("kind", text, Make);

    private string Make() => $"made {++made}";
}
