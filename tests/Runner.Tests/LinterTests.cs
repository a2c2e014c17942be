using System;
using System.IO;
using System.Linq;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Linting;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>
/// What is refused here, the engine refuses or takes for something else than other hosts do; seen on
/// dotnet-interactive 1.0.712001.
/// </summary>
public class LinterTests
{
    private static readonly string Raw = "\"\"\"";

    public static TheoryData<string, int, string> Refused =>
        new()
        {
            // The cell, the 0-based line that is to blame, a part of what is said about it.
            { "var a = 1;\n#load \"a.csx\"", 1, "#load must be the first thing in its cell" },
            { "using System.IO;\n#load \"a.csx\"", 1, "#load must be the first thing in its cell" },
            {
                "1.ToString();\nusing var s = new System.IO.MemoryStream();",
                1,
                "'using var' at top level"
            },
            { "using var s = new System.IO.MemoryStream();", 0, "'using var' at top level" },
            { "await using var s = new System.IO.MemoryStream();", 0, "'using var' at top level" },
            {
                "var a = 1;\nawait using var s = new System.IO.MemoryStream();",
                1,
                "'using var' at top level"
            },
            { "using System.IO.Stream s = null;", 0, "'using var' at top level" },
            {
                "static class E\n{\n    public static int Twice(this int x) => 2 * x;\n}",
                2,
                "The extension method 'Twice'"
            },
            { "namespace N { class A { } }", 0, "cannot declare the namespace 'N'" },
            { "\nnamespace N.M;\nclass A { }", 1, "cannot declare the namespace 'N.M'" },
            { "#!import \"a.dib\"\nvar a = 1;", 0, "#!import needs a cell of its own" },
            { "var a = 1;\n#!import \"a.dib\"", 1, "#!import needs a cell of its own" },
            { "#!import \"a.dib\"\n#!import \"b.dib\"", 0, "#!import needs a cell of its own" },
            { "#!import \"a.dib\" // why", 0, "#!import takes one path" },
            { "#!import", 0, "#!import takes one path" },
            { "int a = 1;\nref int r = ref a;", 1, "A ref cannot be a top-level variable" },
            {
                "ref readonly int r = ref System.Array.Empty<int>()[0];",
                0,
                "A ref cannot be a top-level variable"
            },
            { "#!time\n1 + 1", 0, "splits the cell" },
            { "#!value --name a", 0, "begins a cell that is neither C# nor Markdown" },
            { $"var s = {Raw}\n#!name\n{Raw};", 1, "splits the cell" },
            { "/*\n#!name\n*/", 1, "splits the cell" },
            { "#!csharp and more\n1", 0, "only where nothing stands behind it" },
            { "#!C#\n1", 0, "splits the cell" },
            { "#!fsharp\n1", 0, "neither C# nor Markdown" },
            { "#r \"lib/own.dll\"", 0, "#r takes a package" },
            { "#r \"Markdig\"", 0, "#r takes a package" },
            { "#i \"nuget: https://example.org/feed\"", 0, "#i adds a package source" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void RefusesACell(string cell, int line, string said)
    {
        using var folder = new TestFolder();
        var path = folder.Notebook("refused.dib", "1", cell);

        var failure = Linter.Check(path).First();

        Assert.Contains(said, failure.Message);
        Assert.Equal(("Refused", path, 2), (failure.Kind, failure.File, failure.Cell));
        var lines = File.ReadAllLines(path);
        Assert.Equal(cell.Split('\n')[line], lines[failure.Line - 1]);
        Assert.Equal(lines[failure.Line - 1], failure.LineText);
    }

    public static TheoryData<string> Accepted =>
        [
            "// a remark\n#r \"nuget: TorchSharp, 0.107.0\"\n#load \"a.csx\"\n#load \"b.csx\"\n1",
            "// why\n#!import \"a.dib\"\n\n// and after",
            "{ using var s = new System.IO.MemoryStream(); }",
            "{ Span<int> s = stackalloc int[3]; ref int r = ref s[0]; }",
            "void F() { using var s = new System.IO.MemoryStream(); }",
            "using (var s = new System.IO.MemoryStream()) { }",
            "using System.IO;\nusing static System.Math;\nusing Text = System.String;\n1",
            "static int Thrice(this int x) => 3 * x;\n4.Thrice()",
            $"var s = {Raw}\n  #!name\n  {Raw};",
            "// #!name",
            "#r \"System.IO.Compression\"",
            "ref int F(int[] a) => ref a[0];",
            "class A { public ref int B(int[] a) => ref a[0]; public System.Memory<int> C; }",
            "var spans = typeof(Span<int>);",
            "if (true)\n#pragma warning disable\n{ }",
        ];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void AcceptsACell(string cell)
    {
        using var folder = new TestFolder();

        Assert.Empty(Linter.Check(folder.Notebook("accepted.dib", cell)));
    }

    [Theory]
    [InlineData(
        "public class A { }\n#r \"nuget: Markdig, 1.6.0\"",
        2,
        "#r does not work inside of a loaded file"
    )]
    [InlineData("#r \"System.IO.Compression\"", 1, "#r does not work inside of a loaded file")]
    [InlineData("\nnamespace N { }", 2, "cannot declare the namespace 'N'")]
    [InlineData("static class E { static void F(this int x) { } }", 1, "The extension method 'F'")]
    [InlineData("#!csharp\nclass A { }", 1, "means nothing in a loaded file")]
    public void RefusesALoadedFile(string code, int line, string said)
    {
        using var folder = new TestFolder();
        var loaded = folder.Write("lib/deep/b.csx", code);
        folder.Write("lib/a.csx", "#load \"deep/b.csx\"");
        var path = folder.Notebook("sub/loads.dib", "1", "#load \"../lib/a.csx\"");

        var failure = Assert.Single(Linter.Check(path));

        Assert.Contains(said, failure.Message);
        Assert.Equal((loaded, 2, line), (failure.File, failure.Cell, failure.Line));
        Assert.Equal(code.Split('\n')[line - 1], failure.LineText);
        Assert.Equal(path, failure.Notebook);
    }

    [Fact]
    public void RefusesWhatAnImportedNotebookHolds()
    {
        using var folder = new TestFolder();
        var imported = folder.Notebook(
            "env/b.dib",
            "1",
            "using var s = new System.IO.MemoryStream();"
        );
        var path = folder.Notebook("a.dib", "1", "2", "#!import \"env/b.dib\"");

        var failure = Assert.Single(Linter.Check(path));

        Assert.Equal((imported, 3, 7), (failure.File, failure.Cell, failure.Line));
    }

    public static TheoryData<string> Deep =>
        [
            string.Concat(Enumerable.Repeat("List<", 20_000)) + "int",
            "var a = " + new string('(', 100_000) + "1" + new string(')', 100_000) + ";",
            new string('{', 50_000),
            // It costs the parser twice the time a bracket.
            new string('[', 20_000),
            "var a = new[] " + string.Concat(Enumerable.Repeat("{ (", 101)),
        ];

    [Theory]
    [MemberData(nameof(Deep))]
    public void RefusesWhatNoParserStandsBeforeOneSeesIt(string code)
    {
        using var folder = new TestFolder();
        var loaded = folder.Write("a.csx", $"// deep\n/*\n*/ {code}");
        var path = folder.Notebook("a.dib", "1", $"// deep\n{code}", "#load \"a.csx\"");

        var failures = Linter.Check(path);

        Assert.Equal(
            [(path, 2, 8), (loaded, 3, 3)],
            failures.Select(f => (f.File, f.Cell, f.Line))
        );
        Assert.All(failures, f => Assert.Contains("nested more than 200 deep", f.Message));
    }

    [Fact]
    public void AcceptsWhatIsLongAndNotDeep()
    {
        using var folder = new TestFolder();
        var code =
            $"int a = 1, b = 2;\nvar c = {string.Join(" || ", Enumerable.Repeat("a < b", 500))};\n"
            + string.Concat(Enumerable.Repeat("{ (a, b) = (b, a); }\n", 500))
            + $"var d = new[] {{ {string.Join(", ", Enumerable.Repeat("(1, new[] { 2 })", 500))} }};\n"
            + "var s = \""
            + new string('(', 500)
            + "\"; // "
            + new string('[', 500);

        Assert.Empty(Linter.Check(folder.Notebook("a.dib", code)));
    }

    [Fact]
    public void RefusesAnotherLanguageAlsoBehindText()
    {
        using var folder = new TestFolder();
        var path = folder.Write("a.dib", "#!markdown\n\n# T\n\n#!pwsh\n\nls\n\n#!csharp\n\n1\n");

        var failure = Assert.Single(Linter.Check(path));

        Assert.Equal((1, 5, "#!pwsh"), (failure.Cell, failure.Line, failure.LineText));
    }

    [Fact]
    public void RefusesMetadataThatIsNoJson()
    {
        using var folder = new TestFolder();
        var path = folder.Write("a.dib", "#!meta\n\n{ not json }\n\n#!csharp\n\n1\n");

        Assert.Contains("must be JSON", Assert.Single(Linter.Check(path)).Message);
    }

    [Fact]
    public void NotebooksThatImportEachOtherAreLookedAtOnce()
    {
        using var folder = new TestFolder();
        folder.Notebook("b.dib", "#!import \"a.dib\"");
        var path = folder.Notebook("a.dib", "#!import \"b.dib\"");

        Assert.Empty(Linter.Check(path));
    }

    [Fact]
    public void EveryProblemIsReported()
    {
        using var folder = new TestFolder();
        var path = folder.Notebook("a.dib", "#!time\n1", "namespace N { }");

        Assert.Equal([1, 2], Linter.Check(path).Select(f => f.Cell));
    }

    [Fact]
    public void AFailureSaysFileCellLineAndText()
    {
        var failure = new CellFailure("Refused", "/a/b.dib", 3, 17, "   #!time", "Take it out.");

        Assert.Equal(
            "Refused in /a/b.dib, cell 3, line 17:\n    #!time\nTake it out.",
            failure.ToString()
        );
        Assert.StartsWith(
            "Refused in /a/b.dib, cell 3, by /a/lib/c.csx, line 17:",
            (failure with { File = "/a/lib/c.csx", Notebook = "/a/b.dib" }).ToString()
        );
    }
}
