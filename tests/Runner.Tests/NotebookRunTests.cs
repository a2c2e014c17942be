using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What cells do; each was tried on dotnet-interactive 1.0.712001 too.</summary>
public sealed class NotebookRunTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Task<InProcess> RunAsync(params string[] cells) =>
        InProcess.RunAsync(folder.Notebook("a.dib", cells));

    private Task<InProcess> TryAsync(params string[] cells) =>
        InProcess.TryAsync(folder.Notebook("a.dib", cells));

    [Fact]
    public async Task CellsSeeWhatCellsBeforeThemMade()
    {
        var run = await RunAsync(
            "var a = 1;",
            "int F(int x) => x + a;",
            "record P(int X);",
            "a = 5;",
            "new P(F(2)).X"
        );

        Assert.True(run.Succeeded);
        Assert.Equal("7", run.Value);
    }

    [Fact]
    public async Task OutputsComeInOrder()
    {
        var run = await RunAsync(
            "Console.Write(\"a\"); Console.Write(1); Console.WriteLine('c'); 1.Display(); Console.WriteLine(\"b\"); Console.Error.WriteLine(\"e\"); display(\"d\"); Console.Write(\"f\"); 2"
        );

        Assert.Equal(
            [
                (OutputKind.StandardOutput, "a1c\n"),
                (OutputKind.Display, "1"),
                (OutputKind.StandardOutput, "b\n"),
                (OutputKind.StandardError, "e\n"),
                (OutputKind.Display, "d"),
                (OutputKind.StandardOutput, "f"),
                (OutputKind.ReturnValue, "2"),
            ],
            run.Shown(1)
        );
    }

    [Fact]
    public async Task TextOfOtherThreadsBelongsToTheCellThatRuns()
    {
        var run = await RunAsync(
            "Task.Run(() => Console.WriteLine(\"task\")).Wait(); var t = new System.Threading.Thread(() => Console.WriteLine(\"thread\")); t.Start(); t.Join();",
            "1"
        );

        Assert.Equal([(OutputKind.StandardOutput, "task\nthread\n")], run.Shown(1));
    }

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("\"text\"", "text")]
    [InlineData("null", "<null>")]
    [InlineData("true", "True")]
    [InlineData("0.1f", "0.1")]
    [InlineData("1.0 / 3", "0.3333333333333333")]
    [InlineData("'c'", "c")]
    [InlineData("DayOfWeek.Monday", "Monday")]
    [InlineData("new DateTime(2020, 1, 2)", "2020-01-02 00:00:00Z")]
    [InlineData("TimeSpan.FromSeconds(90)", "00:01:30")]
    [InlineData("new[] { 1, 2, 3 }", "[ 1, 2, 3 ]")]
    [InlineData("new List<string> { \"a\", \"b\" }", "[ a, b ]")]
    [InlineData("new int?[] { 1, null }", "[ 1, <null> ]")]
    [InlineData("new List<double>()", "[  ]")]
    [InlineData(
        "new int[25]",
        "[ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 ... (5 more) ]"
    )]
    [InlineData("return 5;", "5")]
    [InlineData("await Task.Delay(1); 7", "7")]
    [InlineData("int f() => 3; f()", "3")]
    public async Task TheTrailingExpressionIsShown(string cell, string text) =>
        Assert.Equal(text, (await RunAsync(cell)).Value);

    [Theory]
    [InlineData("var a = 1;")]
    [InlineData("Console.ReadLine();")]
    [InlineData("System.Threading.Thread.Sleep(1)")]
    [InlineData("class A { }")]
    [InlineData("// nothing")]
    public async Task ACellWithoutValueShowsNothing(string cell) =>
        Assert.Empty((await RunAsync(cell)).Shown(1));

    [Fact]
    public async Task AHugeOrEndlessSequenceDoesNotFlood()
    {
        var run = await RunAsync(
            "new byte[50_000_000]",
            "IEnumerable<int> Endless() { for (var i = 0; ; i++) yield return i; }\nEndless()",
            "new string('x', 1_000_000)"
        );

        Assert.All(
            run.Cells,
            c => Assert.InRange(Assert.Single(c.Outputs).Data["text/plain"].Length, 1, 11_000)
        );
        Assert.StartsWith("[ 0, 1, 2, 3,", run.Shown(2)[0].Text);
    }

    [Fact]
    public async Task EndlessTextIsCutWithAWord()
    {
        var run = await RunAsync(
            "for (var i = 0; i < 300_000; i++) Console.WriteLine(\"0123456789\");"
        );

        var text = Assert.Single(run.Shown(1)).Text;
        Assert.InRange(text.Length, 1_000_000, 1_000_100);
        Assert.Contains("the rest is left out", text);
    }

    [Fact]
    public async Task EndlessPicturesAreCutWithAWord()
    {
        // What is shown anew in its place counts once.
        var run = await RunAsync(
            SelfShowing.Replace(
                "public override string ToString() => \"plain\";",
                "public override string ToString() => new string('x', 3_000_000);"
            ),
            "for (var i = 0; i < 100; i++) new Shown().Display(\"text/html\");",
            "var context = Microsoft.DotNet.Interactive.KernelInvocationContext.Current;\nvar shown = Microsoft.DotNet.Interactive.KernelInvocationContextExtensions.Display(context, new Shown(), \"text/html\");\nfor (var i = 0; i < 100; i++) shown.Update(new Shown());\n42",
            "for (var i = 0; i < 100_000; i++) display(1);"
        );

        Assert.InRange(
            run.Cells[1].Outputs.Sum(o => o.Data.Values.Sum(v => v.Length)),
            30_000_000,
            35_000_000
        );
        Assert.Contains("the rest is left out", run.Cells[1].Outputs[^1].Data["text/plain"]);
        Assert.Equal(2, run.Cells[2].Outputs.Count);
        Assert.InRange(run.Cells[3].Outputs.Count, 30_000, 35_000);
    }

    [Fact]
    public async Task AnExceptionSaysOnlySoMuch()
    {
        var run = await TryAsync("throw new Exception(new string('x', 100_000_000));");

        Assert.InRange(run.Failure!.Message.Length, 1_000, 20_000);
        Assert.InRange(Assert.Single(run.Shown(1)).Text.Length, 1_000, 20_000);
    }

    /// <summary>As in the engine, which puts its own writers in place for each submission.</summary>
    [Fact]
    public async Task AWriterThatACellPutsInPlaceHoldsForThatCell()
    {
        var run = await RunAsync(
            "var mine = new System.IO.StringWriter();\nConsole.SetOut(mine);\nConsole.SetError(System.IO.TextWriter.Null);\nConsole.Write(\"mine\");",
            "Console.Write(\"shown\"); Console.Error.Write(\"said\");",
            "mine.ToString()"
        );

        Assert.Empty(run.Shown(1));
        Assert.Equal(
            [(OutputKind.StandardOutput, "shown"), (OutputKind.StandardError, "said")],
            run.Shown(2)
        );
        Assert.Equal("mine", run.Value);
    }

    [Fact]
    public async Task AnUpdateReplacesWhatWasShown()
    {
        var run = await RunAsync(
            """
            var context = Microsoft.DotNet.Interactive.KernelInvocationContext.Current;
            var first = Microsoft.DotNet.Interactive.KernelInvocationContextExtensions.Display(context, 1, "text/plain");
            Console.Write("between");
            var second = Microsoft.DotNet.Interactive.KernelInvocationContextExtensions.Display(context, 2, new[] { "text/plain" });
            first.Update("new");
            first.Update("newest");
            """,
            "first.Update(\"too late\"); 3"
        );

        Assert.Equal(
            [
                (OutputKind.Display, "newest"),
                (OutputKind.StandardOutput, "between"),
                (OutputKind.Display, "2"),
            ],
            run.Shown(1)
        );
        Assert.Equal([(OutputKind.ReturnValue, "3")], run.Shown(2));
    }

    [Fact]
    public async Task AnUpdateOfWhatDisplayReturnsIsLost()
    {
        // As DESIGN.md measured on the last engine; no notebook may come to lean on more.
        var run = await RunAsync(
            "var d = display(1); d.Update(2); var e = 3.Display(); e.Update(4);"
        );

        Assert.Equal([(OutputKind.Display, "1"), (OutputKind.Display, "3")], run.Shown(1));
    }

    [Fact]
    public async Task TheCellsTokenIsThere()
    {
        var run = await RunAsync(
            "Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken.IsCancellationRequested"
        );

        Assert.Equal("False", run.Value);
    }

    private const string SelfShowing = """
        public sealed class TypeFormatterSourceAttribute : Attribute
        {
            public TypeFormatterSourceAttribute(Type type) => FormatterSourceType = type;
            public Type FormatterSourceType { get; }
        }
        public class Source
        {
            public object[] CreateTypeFormatters() => new object[] { new Formatter() };
            class Formatter
            {
                public string MimeType => "text/html";
                public bool Format(object o, System.IO.TextWriter w) { w.Write($"<b>{o}</b>"); return true; }
            }
        }
        [TypeFormatterSource(typeof(Source))] public class Shown { public override string ToString() => "plain"; }
        public class Derived : Shown { }
        public class OnlyToHtml { public string ToHtml() => "<i>no</i>"; }
        """;

    [Theory]
    [InlineData("new Shown()", "<b>plain</b>")]
    [InlineData("new Derived()", "<b>plain</b>")]
    [InlineData(
        "new[] { new Shown(), new Shown() }",
        "<table><thead><tr><th><i>index</i></th><th>value</th></tr></thead><tbody><tr><td>0</td><td><b>plain</b></td></tr><tr><td>1</td><td><b>plain</b></td></tr></tbody></table>"
    )]
    [InlineData("new OnlyToHtml()", null)]
    [InlineData("1", null)]
    public async Task ATypeShowsItselfByTheAttributesName(string cell, string? html)
    {
        var run = await RunAsync(SelfShowing, cell);

        Assert.Equal(html, Assert.Single(run.Cells[1].Outputs).Data.GetValueOrDefault("text/html"));
    }

    [Fact]
    public async Task OneMediaTypeCanBeAskedFor()
    {
        var run = await RunAsync(
            SelfShowing,
            "new Shown().Display(\"text/html\");",
            "new Shown().Display(\"text/plain\");"
        );

        Assert.Equal(["text/html"], Assert.Single(run.Cells[1].Outputs).Data.Keys);
        Assert.Equal(["text/plain"], Assert.Single(run.Cells[2].Outputs).Data.Keys);
    }

    [Fact]
    public async Task AMediaTypeThatNobodyMakesIsRefused()
    {
        var run = await TryAsync("1.Display(\"image/png\");");

        Assert.Contains("No formatter is registered for MIME type image/png", run.Failure!.Message);
    }

    [Fact]
    public async Task AFormatterThatThrowsFailsTheCell()
    {
        var run = await TryAsync(
            SelfShowing.Replace(
                "w.Write($\"<b>{o}</b>\"); return true;",
                "throw new InvalidOperationException(\"bad format\");"
            ),
            "new Shown()"
        );

        Assert.Equal("Exception", run.Failure!.Kind);
        Assert.StartsWith("InvalidOperationException: bad format", run.Failure.Message);
        Assert.Equal(2, run.Failure.Cell);
    }

    [Fact]
    public async Task TheWorkingDirectoryIsTheNotebooksFolder()
    {
        var run = await InProcess.RunAsync(
            folder.Notebook("sub/a.dib", "Environment.CurrentDirectory")
        );

        Assert.Equal(Path.GetFullPath(folder["sub"]), Path.GetFullPath(run.Value));
    }

    [Fact]
    public async Task LoadIsRelativeToTheLoadingFile()
    {
        folder.Write(
            "lib/a.csx",
            "#load \"deep/b.csx\"\npublic class A { public int V => B.Two; }"
        );
        folder.Write("lib/deep/b.csx", "public static class B { public static int Two => 2; }");

        var run = await InProcess.RunAsync(
            folder.Notebook(
                "notebooks/a.dib",
                "// with a remark\n#load \"../lib/a.csx\"\nnew A().V"
            )
        );

        Assert.Equal("2", run.Value);
    }

    [Fact]
    public async Task ImportsAndTheirLoadsAreRelativeToTheWorkingDirectory()
    {
        folder.Write(
            "notebooks/here.csx",
            "public static class Here { public static int V => 3; }"
        );
        folder.Notebook("environment/inner.dib", "#load \"here.csx\"\nvar fromInner = Here.V;");
        folder.Notebook(
            "environment/outer.dib",
            "#!import \"../environment/inner.dib\"",
            "var fromOuter = fromInner + 1;"
        );

        var run = await InProcess.RunAsync(
            folder.Notebook("notebooks/a.dib", "#!import \"../environment/outer.dib\"", "fromOuter")
        );

        Assert.Equal("4", run.Value);
    }

    [Fact]
    public async Task AScriptCanBeImportedToo()
    {
        folder.Write("b.csx", "var b = 9;\nConsole.WriteLine(\"imported\");\nb");

        var run = await RunAsync("#!import b.csx", "b + 1");

        Assert.Equal(
            [(OutputKind.StandardOutput, "imported\n"), (OutputKind.ReturnValue, "9")],
            run.Shown(1)
        );
        Assert.Equal("10", run.Value);
    }

    [Fact]
    public async Task AFailureInAnImportedNotebookFailsTheCell()
    {
        // The engine goes on; a book must not.
        var imported = folder.Notebook(
            "b.dib",
            "var b = 1;",
            "var c = 2;\nthrow new Exception(\"inside\");"
        );

        var run = await TryAsync("1", "#!import \"b.dib\"", "b");

        Assert.False(run.Succeeded);
        Assert.Equal(2, run.Cells.Count);
        Assert.Equal(
            ("Exception", imported, 2, 8, "throw new Exception(\"inside\");"),
            (
                run.Failure!.Kind,
                run.Failure.File,
                run.Failure.Cell,
                run.Failure.Line,
                run.Failure.LineText
            )
        );
        Assert.Equal(folder["a.dib"], run.Failure.Notebook);
    }

    [Fact]
    public async Task NothingRunsWhereACellDoesNotCompile()
    {
        var run = await TryAsync($"System.IO.File.WriteAllText(\"ran\", \"\");", "1", "undefined");

        Assert.Equal(
            ("Compile error", 3, "undefined"),
            (run.Failure!.Kind, run.Failure.Cell, run.Failure.LineText)
        );
        Assert.Empty(run.Cells);
        Assert.False(File.Exists(folder["ran"]));
    }

    [Fact]
    public async Task AnExceptionIsTracedToItsLine()
    {
        var run = await TryAsync(
            "1",
            "var a = 0;\n\nConsole.WriteLine(\"before\");\nvar b = 1 / a;\nConsole.WriteLine(\"after\");",
            "3"
        );

        Assert.Equal(
            ("Exception", folder["a.dib"], 2, "var b = 1 / a;"),
            (run.Failure!.Kind, run.Failure.File, run.Failure.Cell, run.Failure.LineText)
        );
        Assert.Equal(
            File.ReadAllLines(folder["a.dib"]).ToList().IndexOf("var b = 1 / a;") + 1,
            run.Failure.Line
        );
        Assert.StartsWith("DivideByZeroException", run.Failure.Message);
        Assert.Equal(2, run.Cells.Count);
        Assert.Equal(
            [(OutputKind.StandardOutput, "before\n"), (OutputKind.Error, run.Failure.Message)],
            run.Shown(2)
        );
    }

    [Fact]
    public async Task AnExceptionOfAnEarlierCellsMethodIsTracedToBoth()
    {
        var run = await TryAsync(
            "int Divide(int a)\n{\n    return 10 / a;\n}",
            "Console.WriteLine(1);\nDivide(0)"
        );

        Assert.Equal((2, "Divide(0)"), (run.Failure!.Cell, run.Failure.LineText));
        Assert.Contains("line 5: return 10 / a;", run.Failure.Message);
    }

    [Fact]
    public async Task AnExceptionOfALoadedFileIsTracedToBoth()
    {
        var loaded = folder.Write(
            "lib.csx",
            "public static class Lib\n{\n    public static int Fail() =>\n        throw new ArgumentException(\"no\");\n}"
        );

        var run = await TryAsync("#load \"lib.csx\"", "var x = 1;\nLib.Fail();");

        Assert.Equal((2, "Lib.Fail();"), (run.Failure!.Cell, run.Failure.LineText));
        Assert.Contains(
            $"thrown in {loaded}, line 4: throw new ArgumentException(\"no\");",
            run.Failure.Message
        );
    }

    [Fact]
    public async Task AFailedCheckIsTheCellsMatter()
    {
        folder.Write(
            "lib.csx",
            "public sealed class CheckFailedException(string m) : Exception(m);\npublic static class Check\n{\n    public static void That(bool so) { if (!so) throw new CheckFailedException(\"Check failed. It is not so.\"); }\n}"
        );

        var run = await TryAsync("#load \"lib.csx\"", "Check.That(true);\nCheck.That(1 > 2);");

        Assert.Equal(
            ("Failed check", 2, "Check.That(1 > 2);", "Check failed. It is not so."),
            (run.Failure!.Kind, run.Failure.Cell, run.Failure.LineText, run.Failure.Message)
        );
    }

    [Fact]
    public async Task WhatReflectionAndTasksWrapIsUnwrapped()
    {
        var run = await TryAsync(
            "Task.Run(() => throw new ArgumentException(\"the cause\")).Wait();"
        );

        Assert.StartsWith("ArgumentException: the cause", run.Failure!.Message);
    }

    [Fact]
    public async Task TextCellsAreKept()
    {
        var path = folder.Write(
            "a.dib",
            "#!markdown\n\n# Title\n\n#!csharp\n\n1\n\n#!markdown\n\nend\n"
        );

        var run = await InProcess.RunAsync(path);

        Assert.Equal(
            [CellKind.Markdown, CellKind.CSharp, CellKind.Markdown],
            run.Cells.Select(c => c.Kind)
        );
        Assert.Equal(["# Title", "1", "end"], run.Cells.Select(c => c.Source));
        Assert.Equal([1, 2, 3], run.Cells.Select(c => c.Number));
        Assert.Equal([3, 7, 11], run.Cells.Select(c => c.Line));
        Assert.Equal(TimeSpan.Zero, run.Cells[0].Elapsed);
    }

    [Fact]
    public async Task AReloadedFileMakesNewTypes()
    {
        folder.Write("a.csx", "public class A { }");

        var run = await RunAsync(
            "#load \"a.csx\"\nobject old = new A();",
            "#load \"a.csx\"",
            "old is A"
        );

        Assert.Equal("False", run.Value);
    }

    [Fact]
    public async Task TextThatIsNoUnicodeDoesNoHarm()
    {
        var run = await RunAsync("Console.Write(\"a\\ud800\\0\\u001bb\"); 1");

        Assert.Equal("a\ufffd\0\u001bb", run.Shown(1)[0].Text);
    }
}
