using System;
using System.IO;
using System.Linq;
using Diffusion.Runner.Linting;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What the compiler refuses in a notebook, and what is said of it, before anything is run.</summary>
public class CompilationTests
{
    public static TheoryData<string, string, string> Refused =>
        new()
        {
            // The cell, the compiler's error, a part of the advice.
            { "File.Exists(\"a\")", "CS0103", "'File' needs 'using System.IO;'" },
            { "var s = new MemoryStream();", "CS0246", "'MemoryStream' needs 'using System.IO;'" },
            { "Stopwatch.StartNew()", "CS0103", "'Stopwatch' needs 'using System.Diagnostics;'" },
            {
                "var c = new ConcurrentBag<int>();",
                "CS0246",
                "'ConcurrentBag' needs 'using System.Collections.Concurrent;'"
            },
            { "Span<int> s = default;", "CS8345", "inside of a block" },
            { "var s = new int[3].AsSpan();", "CS8345", "inside of a block" },
            {
                "int v = 1;\nclass T { public int G() => v; }",
                "CS0120",
                "hand the value over as a parameter"
            },
            // C# 14.
            { "var p = new List<int>(); p?.Capacity = 3;", "", "C# 13" },
            { "var n = nameof(List<>);", "", "C# 13" },
            {
                "delegate bool D(string s, out int i);\nD d = (s, out i) => int.TryParse(s, out i);",
                "",
                "C# 13"
            },
            {
                "class P\n{\n    public int X { get => field; set => field = value; }\n}",
                "",
                "C# 13"
            },
            { "partial class P { partial P(); }\npartial class P { partial P() { } }", "", "" },
            { "static class E { extension(int x) { public int Twice() => 2 * x; } }", "", "" },
            // Nothing but what a notebook asks for: not what the runner itself is made of.
            { "Markdig.Markdown.ToHtml(\"a\")", "CS0103", "" },
            { "Spectre.Console.AnsiConsole.WriteLine()", "CS0103", "" },
            { "typeof(Microsoft.CodeAnalysis.SyntaxNode)", "CS0234", "" },
            { "typeof(Diffusion.Runner.Repository)", "CS0246", "" },
            { "typeof(TorchSharp.torch)", "CS0246", "" },
            { "#r \"System.CommandLine\"\n1", "CS0006", "" },
            { "#load \"none.csx\"\n1", "CS1504", "relative to the notebook's folder" },
            { "1 + 1;", "CS0201", "" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void RefusesACell(string cell, string id, string advice)
    {
        using var folder = new TestFolder();
        var path = folder.Notebook("refused.dib", "1", cell);

        var failure = Compilation.Check(path)[0];

        Assert.StartsWith(id, failure.Message);
        Assert.Contains(advice, failure.Message);
        Assert.Equal(("Compile error", path, 2), (failure.Kind, failure.File, failure.Cell));
        Assert.Equal(File.ReadAllLines(path)[failure.Line - 1], failure.LineText);
        Assert.InRange(failure.Line, 7, int.MaxValue);
    }

    [Theory]
    [InlineData("var x = new[] { 1, 2 }.Sum() + new List<int>().Count;")]
    [InlineData("var b = new StringBuilder(); await Task.Delay(0); Math.Sqrt(2)")]
    [InlineData("IEnumerable<int> F() { yield return 1; }\nF()")]
    [InlineData("display(1); 1.Display();")]
    [InlineData("string s = null; int? i = null;")]
    [InlineData("#nullable enable\nstring? s = null;")]
    [InlineData(
        "record P(int A) { public required int B { get; init; } }\nint[] a = [1, .. new[] { 2 }];"
    )]
    [InlineData("static int Thrice(this int x) => 3 * x;\n4.Thrice()")]
    [InlineData("#r \"System.IO.Compression\"\nSystem.IO.Compression.CompressionLevel.Fastest")]
    [InlineData("System.Text.RegularExpressions.Regex.IsMatch(\"a\", \"a\")")]
    [InlineData(
        "#r \"nuget: TorchSharp, 0.107.0\"\n#r \"nuget: TorchSharp-cpu, 0.107.0\"\nTorchSharp.torch.zeros(1)"
    )]
    [InlineData(
        "#r \"nuget: Plotly.NET, 6.0.0\"\n#r \"nuget: Plotly.NET.Interactive, 5.0.0\"\ntypeof(Plotly.NET.GenericChart)"
    )]
    public void AcceptsACell(string cell)
    {
        using var folder = new TestFolder();

        Assert.Equal(
            [],
            Compilation.Check(folder.Notebook("accepted.dib", cell)).Select(f => $"{f}")
        );
    }

    [Theory]
    [InlineData(
        "#r \"nuget: TorchSharp, 0.106.0\"",
        "asks for TorchSharp 0.106.0, but this runner was built with TorchSharp 0.107.0"
    )]
    [InlineData(
        "#r \"nuget: TorchSharp-cpu, 0.106.0\"",
        "asks for TorchSharp-cpu 0.106.0, but this runner was built with TorchSharp 0.107.0"
    )]
    [InlineData("#r \"nuget: TorchSharp-cuda-linux, 0.1.0\"", "was built with TorchSharp 0.107.0")]
    [InlineData("#r \"nuget: Plotly.NET\"", "write \"nuget: Plotly.NET, 6.0.0\"")]
    [InlineData("#r \"nuget: Markdig, 1.6.0\"", "Markdig is not one that this runner offers")]
    [InlineData("/*\n#r \"nuget: No.Such.Package, 1.0.0\"\n*/", "No.Such.Package is not one")]
    public void PackagesMustBeWhatTheRunnerWasBuiltWith(string cell, string said)
    {
        using var folder = new TestFolder();
        var path = folder.Notebook("packages.dib", "1", $"// packages\n{cell}");

        var failure = Assert.Single(Compilation.Check(path));

        Assert.Contains(said, failure.Message);
        Assert.Equal((path, 2), (failure.File, failure.Cell));
        Assert.Equal(
            cell.Split('\n').First(l => l.StartsWith("#r", StringComparison.Ordinal)),
            failure.LineText
        );
    }

    [Theory]
    [InlineData("class P\n{\n    int[] field = [];\n    public int X { get => field.Length; }\n}")]
    [InlineData("class extension { }")]
    public void WhatOnlyCSharp13CompilesIsRefusedToo(string cell)
    {
        using var folder = new TestFolder();

        var failure = Assert.Single(Compilation.Check(folder.Notebook("a.dib", "1", cell)));

        Assert.Equal(2, failure.Cell);
        Assert.Contains("in C# 14", failure.Message);
    }

    [Fact]
    public void UsingsOfALoadedFileStayInIt()
    {
        using var folder = new TestFolder();
        folder.Write("a.csx", "using System.IO;\npublic class A { public Stream S; }");

        var failure = Assert.Single(
            Compilation.Check(folder.Notebook("a.dib", "#load \"a.csx\"\nFile.Exists(\"a\")"))
        );

        Assert.StartsWith("CS0103", failure.Message);
    }

    [Fact]
    public void UsingsOfACellDoNotReachALoadedFile()
    {
        using var folder = new TestFolder();
        var loaded = folder.Write("lib/a.csx", "\npublic class A { public Stream S; }");
        var path = folder.Notebook("a.dib", "using System.IO;", "#load \"lib/a.csx\"\n1");

        var failure = Assert.Single(Compilation.Check(path));

        Assert.StartsWith("CS0246", failure.Message);
        Assert.Equal((loaded, 2, 2), (failure.File, failure.Line, failure.Cell));
        Assert.Equal(path, failure.Notebook);
        Assert.Equal("public class A { public Stream S; }", failure.LineText);
    }

    [Fact]
    public void TheEnginesHelpersDoNotReachALoadedFile()
    {
        using var folder = new TestFolder();
        folder.Write("a.csx", "public class A { public void F() { display(1); } }");

        var failure = Assert.Single(
            Compilation.Check(folder.Notebook("a.dib", "#load \"a.csx\"\n1"))
        );

        Assert.StartsWith("CS0103: The name 'display'", failure.Message);
    }

    [Fact]
    public void AMissingImportIsFoundBeforeTheRun()
    {
        using var folder = new TestFolder();
        var path = folder.Notebook("a.dib", "1", "// first a remark\n#!import \"no/such.dib\"");

        var failure = Assert.Single(Compilation.Check(path));

        Assert.Contains("There is no file", failure.Message);
        Assert.Equal(
            (2, 8, "#!import \"no/such.dib\""),
            (failure.Cell, failure.Line, failure.LineText)
        );
    }

    [Fact]
    public void ImportsInACircleEnd()
    {
        using var folder = new TestFolder();
        folder.Notebook("b.dib", "#!import \"a.dib\"");

        var failure = Assert.Single(
            Compilation.Check(folder.Notebook("a.dib", "#!import \"b.dib\""))
        );

        Assert.Contains("in a circle", failure.Message);
    }

    [Fact]
    public void EachErrorOfTheFirstBadCellIsSaid()
    {
        using var folder = new TestFolder();
        var path = folder.Notebook("a.dib", "var a = b;\nvar c = d;", "var e = f;");

        Assert.Equal([3, 4], Compilation.Check(path).Select(f => f.Line));
    }
}
