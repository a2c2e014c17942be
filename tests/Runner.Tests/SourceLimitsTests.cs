using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Linting;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What a notebook reads is an ordinary file, and has an end; where it has none, one sentence says where.</summary>
public sealed class SourceLimitsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    private CellFailure Refused(string path) => Linter.Check(path).First();

    private string Pipe(string name)
    {
        using var made = Process.Start("mkfifo", [folder[name]]);
        made.WaitForExit();
        return folder[name];
    }

    [Theory]
    [InlineData("/dev/zero", "pipe or a device")]
    [InlineData("/dev/stdin", "pipe or a device")]
    [InlineData("a pipe.csx", "pipe or a device")]
    [InlineData("large.csx", "larger than the 16 MB")]
    [InlineData("link.csx", "pipe or a device")]
    public void WhatHasNoEndIsNotLoaded(string name, string said)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("It has no pipes that look like files.");
        Pipe("a pipe.csx");
        File.CreateSymbolicLink(folder["link.csx"], "/dev/zero");
        using (var large = File.Create(folder["large.csx"]))
            large.SetLength(SourceFile.MostBytes + 1);
        var path = folder.Notebook("a.dib", "1", $"// a remark\n#load \"{name}\"");

        foreach (var line in new[] { $"#load \"{name}\"", $"#!import \"{name}\"" })
        {
            var failure = Refused(folder.Notebook("a.dib", "1", $"// a remark\n{line}"));

            Assert.Contains(said, failure.Message);
            Assert.Equal(
                (path, 2, 8, line),
                (failure.File, failure.Cell, failure.Line, failure.LineText)
            );
        }
        // The compiler reads by itself.
        Assert.Contains(
            said,
            Assert.Single(Compilation.Check(folder.Notebook("b.dib", $"#load \"{name}\""))).Message
        );
    }

    [Fact]
    public void ANotebookIsAnOrdinaryFile()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("It has no pipes that look like files.");
        Assert.Contains(
            "pipe or a device",
            Assert.Throws<NotebookException>(() => DibDocument.Read(Pipe("a.dib"))).Message
        );
        Assert.Contains(
            "pipe or a device",
            Assert.Throws<NotebookException>(() => DibDocument.Read("/dev/zero")).Message
        );
        // A file without a size that has something in it all the same.
        Assert.NotEmpty(SourceFile.Read("/proc/self/status"));
    }

    [Fact]
    public void AFolderIsNotLoaded()
    {
        Directory.CreateDirectory(folder["folder.csx"]);
        var path = folder.Notebook("a.dib", "#load \"folder.csx\"");

        Assert.Empty(Linter.Check(path));
        Assert.StartsWith("CS1504", Assert.Single(Compilation.Check(path)).Message);
    }

    [Fact]
    public void LoadsHaveADepth()
    {
        for (var i = 0; i < 40; i++)
            folder.Write($"{i}.csx", $"#load \"{i + 1}.csx\"");
        folder.Write("40.csx", "");

        var failure = Refused(folder.Notebook("a.dib", "#load \"0.csx\""));

        Assert.Contains("more than 32 levels deep", failure.Message);
        Assert.Equal(
            (folder["31.csx"], 1, 1, "#load \"32.csx\""),
            (failure.File, failure.Cell, failure.Line, failure.LineText)
        );
    }

    [Fact]
    public void LoadsHaveANumberAndASum()
    {
        for (var i = 0; i < 1_001; i++)
            folder.Write($"{i}.csx", "");
        var many = string.Join('\n', Enumerable.Range(0, 1_001).Select(i => $"#load \"{i}.csx\""));

        var failure = Refused(folder.Notebook("a.dib", many));
        Assert.Contains("one file too many", failure.Message);
        Assert.Equal("#load \"999.csx\"", failure.LineText);

        var remark = $"//{new string('x', 15 << 20)}";
        for (var i = 0; i < 5; i++)
            folder.Write($"{i}.csx", remark);
        failure = Refused(folder.Notebook("a.dib", many[..many.IndexOf("#load \"5")]));
        Assert.Contains("more than 64 MB of code", failure.Message);
        Assert.Equal("#load \"4.csx\"", failure.LineText);
    }

    [Fact]
    public void ImportsMultiplyOnlySoFar()
    {
        // 8 levels of 8 imports each: 16.7 million cells.
        for (var level = 1; level < 8; level++)
            folder.Notebook(
                $"{level}.dib",
                [.. Enumerable.Repeat($"#!import \"{level + 1}.dib\"", 8)]
            );
        folder.Notebook("8.dib", [.. Enumerable.Repeat("1", 8)]);
        var path = folder.Notebook("a.dib", "1", "#!import \"1.dib\"");

        var failure = Refused(path);

        Assert.Contains("imports more than 2,000 cells", failure.Message);
        Assert.Equal(
            (path, 2, "#!import \"1.dib\""),
            (failure.File, failure.Cell, failure.LineText)
        );
    }

    [Fact]
    public void ImportsThatMultiplyALittleAreFine()
    {
        folder.Notebook("b.dib", [.. Enumerable.Repeat("1", 30)]);
        folder.Notebook("c.dib", [.. Enumerable.Repeat("#!import \"b.dib\"", 30)]);

        Assert.Empty(
            Linter.Check(folder.Notebook("a.dib", "#!import \"c.dib\"", "#!import \"c.dib\""))
        );
    }

    [Fact]
    public void EachErrorIsSaidOnlySoOften()
    {
        var path = folder.Notebook(
            "a.dib",
            string.Join('\n', Enumerable.Range(0, 500).Select(i => $"var a{i} = unknown;"))
        );

        Assert.Equal(100, Compilation.Check(path).Count);
    }
}
