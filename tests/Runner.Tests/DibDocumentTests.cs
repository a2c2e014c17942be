using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What is expected here is what <c>dotnet-interactive notebook-parser</c> 1.0.712001 answered.</summary>
public class DibDocumentTests
{
    private const string Metadata =
        """{"kernelInfo":{"defaultKernelName":"csharp","items":[{"name":"csharp","languageName":"C#","aliases":["c#","cs"]}]}}""";

    [Fact]
    public void ReadsWhatTheEngineReads()
    {
        var cells = DibDocument
            .Parse(
                "first\n\n#!csharp\n\n\nvar a = 1;\n  \n\n#!markdown\n\n# T\n\n#!csharp tail\nx\n#!md\n\ntext\n#!csharp\n\n#!import \"a\"\n"
            )
            .Cells;

        Assert.Equal(
            [
                (CellKind.CSharp, "first"),
                (CellKind.CSharp, "var a = 1;\n  "),
                (CellKind.Markdown, "# T\n\n#!csharp tail\nx"),
                (CellKind.Markdown, "text"),
                (CellKind.CSharp, "#!import \"a\""),
            ],
            cells.Select(c => (c.Kind, c.Source))
        );
    }

    [Fact]
    public void WritesWhatTheEngineWrites()
    {
        const string written =
            "#!csharp\n\nfirst\n\n#!csharp\n\nvar a = 1;\n  \n\n#!markdown\n\n# T\n\n#!csharp tail\nx\n\n#!markdown\n\ntext\n\n#!csharp\n\n#!import \"a\"\n";
        var document = new DibDocument(
            Metadata,
            [
                new DibCell(CellKind.CSharp, "first", 1),
                new DibCell(CellKind.CSharp, "var a = 1;\n  ", 1),
                new DibCell(CellKind.Markdown, "# T\n\n#!csharp tail\nx", 1),
                new DibCell(CellKind.Markdown, "text", 1),
                new DibCell(CellKind.CSharp, "#!import \"a\"", 1),
            ]
        );

        Assert.Equal($"#!meta\n\n{Metadata}\n\n{written}", document.ToString());
        Assert.Equal(written, (document with { Metadata = null }).ToString());
    }

    [Fact]
    public void NamesOfLanguagesAreTheEnginesAliases()
    {
        var cells = DibDocument.Parse("#!cs\na\n#!c#\nb\n#!C#\n#!CSharp\nc").Cells;

        Assert.Equal(["a", "b\n#!C#\n#!CSharp\nc"], cells.Select(c => c.Source));
        Assert.All(cells, c => Assert.Equal(CellKind.CSharp, c.Kind));
    }

    [Fact]
    public void OnlyEmptyLinesAreTakenOffACell()
    {
        var cells = DibDocument.Parse("#!csharp\n\n\n   \n\n#!csharp\n\nb\f\u2028c\n\n").Cells;

        Assert.Equal(["   ", "b\f\u2028c"], cells.Select(c => c.Source));
    }

    [Fact]
    public void LinesMayEndInCarriageReturnAndLineFeed()
    {
        var cells = DibDocument.Parse("  \n#!csharp\r\n\r\nvar a = 1;\r\nb\r\n").Cells;

        Assert.Equal(["  ", "var a = 1;\nb"], cells.Select(c => c.Source));
        Assert.Equal([1, 4], cells.Select(c => c.Line));
    }

    [Fact]
    public void AByteOrderMarkIsNoText()
    {
        using var folder = new TestFolder();
        var path = folder["bom.dib"];
        File.WriteAllText(path, "#!markdown\n\ntext\n", new UTF8Encoding(true));

        var cell = Assert.Single(DibDocument.Read(path).Cells);
        Assert.Equal((CellKind.Markdown, "text"), (cell.Kind, cell.Source));
    }

    [Fact]
    public void EmptyTextHasNoCell()
    {
        Assert.Empty(DibDocument.Parse("").Cells);
        Assert.Empty(DibDocument.Parse("#!meta\n\n{}\n").Cells);
        Assert.Empty(DibDocument.Parse("#!csharp\n\n#!markdown\n\n").Cells);
    }

    [Fact]
    public void MetadataIsKeptAsItIs()
    {
        const string text = "#!meta\n\n{\n  \"a\": 1\n}\n\n#!csharp\n\n1\n";

        var document = DibDocument.Parse(text);

        Assert.Equal("{\n  \"a\": 1\n}", document.Metadata);
        Assert.Equal(text, document.ToString());
    }

    [Fact]
    public void CellsKnowTheirLines()
    {
        var text = $"#!meta\n\n{Metadata}\n\n#!markdown\n\n# T\n\n#!csharp\n\n\nvar a = 1;\n";

        var cells = DibDocument.Parse(text).Cells;

        var lines = text.Split('\n');
        Assert.All(cells, c => Assert.Equal(c.Source, lines[c.Line - 1]));
        Assert.Equal([7, 12], cells.Select(c => c.Line));
    }

    [Fact]
    public void AMissingFileIsSaid()
    {
        var e = Assert.Throws<NotebookException>(() => DibDocument.Read("/no/such.dib"));
        Assert.Contains("/no/such.dib", e.Message);
    }

    public static TheoryData<string> NotebooksOfTheRepository =>
        [
            .. Directory
                .EnumerateFiles(RepositoryRoot.Path, "*.dib", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path))
                .Where(path =>
                    !path.StartsWith("book", StringComparison.Ordinal)
                    && !path.Contains("/bin/", StringComparison.Ordinal)
                ),
        ];

    [Theory]
    [MemberData(nameof(NotebooksOfTheRepository))]
    public void EveryNotebookIsWrittenAsItWasRead(string path)
    {
        var bytes = File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, path));

        var written = DibDocument.Read(Path.Combine(RepositoryRoot.Path, path)).ToString();

        Assert.Equal(bytes, new UTF8Encoding(false).GetBytes(written));
    }

    [Fact]
    public void WhatWasWrittenIsReadAgain()
    {
        string[] lines =
        [
            "",
            "x",
            " ",
            "#!import \"a\"",
            "\t#!csharp",
            "#!C#",
            "// #!md",
            "ü€😀",
            "#load \"b\"",
        ];
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var cells = Enumerable
                .Range(0, random.Next(6))
                .Select(_ => new DibCell(
                    random.Next(2) == 0 ? CellKind.CSharp : CellKind.Markdown,
                    "y\n"
                        + string.Concat(
                            Enumerable
                                .Range(0, random.Next(5))
                                .Select(_ => lines[random.Next(lines.Length)] + "\n")
                        )
                        + "z",
                    1
                ))
                .ToArray();
            var document = new DibDocument(random.Next(2) == 0 ? null : Metadata, cells);

            var read = DibDocument.Parse(document.ToString());

            Assert.Equal(document.Metadata, read.Metadata);
            Assert.Equal(Contents(cells), Contents(read.Cells));
            Assert.Equal(document.ToString(), read.ToString());
        }

        static IEnumerable<(CellKind, string)> Contents(IEnumerable<DibCell> cells) =>
            cells.Select(c => (c.Kind, c.Source));
    }
}
