using System;
using System.Collections;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Diffusion.Runner.Inputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What decides a chapter's outputs is part of its key.</summary>
public sealed class InputsTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly TestFolder elsewhere = new();
    private readonly string chapter;

    public InputsTests()
    {
        folder.Write("notebooks/01-other.dib", "#!csharp\n\n1\n");
        folder.Write("lib/A.csx", "public static class A { }\n");
        chapter = folder.Notebook(
            "notebooks/00-first.dib",
            "#!import \"helper.dib\"",
            "#!import ../shared/plain.dib",
            $"#load \"util.csx\"\n# load \"{elsewhere["far.csx"]}\"",
            "1 + 1"
        );
        folder.Notebook("notebooks/helper.dib", "#!import \"nested.dib\"", "#load \"of-cell.csx\"");
        folder.Notebook("notebooks/nested.dib", "2");
        folder.Notebook("shared/plain.dib", "3");
        folder.Write("notebooks/util.csx", "#load \"more/nested.csx\"\n");
        folder.Write("notebooks/more/nested.csx", "#load \"../more/deep.csx\"\n");
        folder.Write("notebooks/more/deep.csx", "\n");
        folder.Write("notebooks/of-cell.csx", "\n");
        elsewhere.Write("far.csx", "\n");
        elsewhere.Write("large/numbers.bin", "1");
        folder.Write("data/a", "1");
        Directory.CreateSymbolicLink(folder["data/linked"], elsewhere["large"]);
        Directory.CreateSymbolicLink(folder["data/circle"], folder["data"]);
    }

    public void Dispose()
    {
        folder.Dispose();
        elsewhere.Dispose();
    }

    private string Key(int? threads = null) =>
        new ChapterInputs(folder.Path, threads).KeyOf(chapter);

    [Theory]
    [InlineData("notebooks/00-first.dib")]
    [InlineData("notebooks/helper.dib")]
    [InlineData("notebooks/nested.dib")]
    [InlineData("shared/plain.dib")]
    [InlineData("notebooks/util.csx")]
    [InlineData("notebooks/more/nested.csx")]
    [InlineData("notebooks/more/deep.csx")]
    [InlineData("notebooks/of-cell.csx")]
    [InlineData("notebooks/images/new.webp")]
    [InlineData("notebooks/table.txt")]
    [InlineData("lib/A.csx")]
    [InlineData("lib/words.txt")]
    [InlineData("data/a")]
    [InlineData("data/deep/er/new.json")]
    [InlineData("data/linked/numbers.bin")]
    [InlineData("environment/cpu.dib")]
    public void A_file_that_decides_changes_the_key(string file)
    {
        var before = Key();
        Assert.Equal(before, Key());
        // As long as before, and as old.
        var time = File.Exists(folder[file]) ? File.GetLastWriteTimeUtc(folder[file]) : default;
        var text = File.Exists(folder[file]) ? File.ReadAllText(folder[file]) : " ";
        folder.Write(file, $"{text[..^1]}\t");
        if (time != default)
            File.SetLastWriteTimeUtc(folder[file], time);
        Assert.NotEqual(before, Key());
    }

    [Fact]
    public void A_loaded_file_anywhere_changes_the_key_also_where_it_goes()
    {
        var before = Key();
        elsewhere.Write("far.csx", "// changed\n");
        var changed = Key();
        File.Delete(elsewhere["far.csx"]);
        Assert.Equal(3, new[] { before, changed, Key() }.Distinct().Count());
    }

    [Theory]
    [InlineData("notebooks/01-other.dib")]
    [InlineData("README.md")]
    [InlineData("environment/Runner/obj/made.cs")]
    [InlineData("book/index.html")]
    public void What_does_not_decide_does_not_change_the_key(string file)
    {
        var before = Key();
        folder.Write(file, "changed");
        Assert.Equal(before, Key());
    }

    [Fact]
    public void Threads_change_the_key() =>
        Assert.Equal(3, new[] { Key(), Key(1), Key(2) }.Distinct().Count());

    [Fact]
    public void Settings_that_change_what_is_computed_are_known()
    {
        var environment = new Hashtable
        {
            ["OMP_NUM_THREADS"] = "1",
            ["ATEN_CPU_CAPABILITY"] = "avx2",
            ["LC_ALL"] = "de_DE.UTF-8",
            ["PATH"] = "/bin",
            ["COLUMNS"] = "80",
        };
        Assert.Equal(
            ["ATEN_CPU_CAPABILITY=avx2", "LC_ALL=de_DE.UTF-8", "OMP_NUM_THREADS=1"],
            Surroundings.SettingsIn(environment)
        );
    }

    /// <summary>Pipes and devices never end: a test that opened one would not end either.</summary>
    [Fact]
    public void Files_without_an_end_are_not_opened()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Pipes with a name are made as on Linux.");
        using (
            var make = Process.Start("mkfifo", [folder["data/pipe"], folder["notebooks/pipe.csx"]])
        )
            make.WaitForExit();
        folder.Write("notebooks/util.csx", "#load \"/dev/zero\"\n#load \"pipe.csx\"\n");
        Assert.Equal(Key(), Key());
    }

    [Fact]
    public void What_is_read_beside_is_seen_whoever_reads_it()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux says what was read.");
        var (note, own, other, written, unread) = (
            folder.Write("docs/note.txt", "1"),
            folder.Write("work/training/mine.csv", "1"),
            folder.Write("docs/deep/other.txt", "2"),
            folder["docs/written.txt"],
            folder.Write("docs/unread.txt", "3")
        );
        var inputs = new ChapterInputs(folder.Path, null);
        using var read = inputs.Watch();
        File.ReadAllText(note);
        File.ReadAllText(own);
        File.ReadAllText(folder.Write("work/cache/kept", "none of its own"));
        using (var cat = Process.Start("cp", [other, elsewhere["copy"]]))
            cat.WaitForExit();
        File.WriteAllText(written, "4");
        Assert.True(File.Exists(unread));
        var files = inputs.Of(read, besides: [])!;
        Assert.Equal(
            ["docs/deep/other.txt", "docs/note.txt", "work/training/mine.csv"],
            files.Keys.Order(StringComparer.Ordinal)
        );
        Assert.True(inputs.AreSame(files));
        folder.Write("docs/note.txt", "5");
        Assert.False(inputs.AreSame(files));
        File.Delete(note);
        Assert.False(inputs.AreSame(files));
    }

    [Fact]
    public void What_changes_while_it_is_read_is_not_relied_upon()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux says what was read.");
        var note = folder.Write("docs/note.txt", "1");
        var inputs = new ChapterInputs(folder.Path, null);
        using var read = inputs.Watch();
        File.ReadAllText(note);
        folder.Write("docs/note.txt", "2");
        Assert.Null(inputs.Of(read, besides: []));
    }
}
