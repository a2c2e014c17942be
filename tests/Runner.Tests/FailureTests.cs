using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What the real command says about notebooks that fail in all ways, one run for all of them.</summary>
public sealed class FailureTests(FailureTests.OneRun run) : IClassFixture<FailureTests.OneRun>
{
    /// <summary>What a cell may write into the pipe that events go by, as C#.</summary>
    private static readonly (string Name, string Line)[] Forgeries =
    [
        ("words", "\"nonsense\""),
        ("an-end", "\"{\\\"Done\\\":true}\""),
    ];

    public sealed class OneRun : IAsyncLifetime
    {
        private readonly TestFolder folder = new();

        public int ExitCode { get; private set; }

        public string Output { get; private set; } = "";

        public string Path(string name) => folder[name];

        /// <summary>What was said about one notebook.</summary>
        public string About(string name)
        {
            var lines = Output.Split('\n');
            var first = Array.IndexOf(lines, $"{name}.dib");
            Assert.True(first >= 0, Output);
            return string.Join(
                '\n',
                lines
                    .Skip(first + 1)
                    .TakeWhile(l =>
                        !File.Exists(Path(l))
                        && !l.StartsWith("  notebook", StringComparison.Ordinal)
                    )
            );
        }

        public async ValueTask InitializeAsync()
        {
            string[] files =
            [
                folder.Notebook("passes.dib", "var a = 1;", "a + 1"),
                folder.Notebook("does-not-compile.dib", "1", "var x = 2;\nvar y = undefined;"),
                folder.Notebook("throws.dib", "1", "var zero = 0;\n1 / zero", "3"),
                folder.Notebook("is-refused.dib", "1", "#!time\n1"),
                folder.Notebook("hangs.dib", "1", "// for ever\nwhile (true) { }"),
                folder.Write("has-no-code.dib", "#!markdown\n\n# Only text\n"),
                folder.Notebook("exits.dib", "1", "Environment.Exit(0);"),
                folder.Notebook("fails-fast.dib", "Environment.FailFast(\"deliberately\");"),
                folder.Notebook(
                    "throws-behind.dib",
                    "new System.Threading.Thread(() => throw new Exception(\"behind\")).Start();\nSystem.Threading.Thread.Sleep(60_000);"
                ),
                folder.Notebook("overflows.dib", "int Deep(int x) => Deep(x + 1) + 1;\nDeep(1)"),
                folder.Notebook(
                    "deletes-itself.dib",
                    "System.IO.File.Delete(\"deletes-itself.dib\");",
                    "throw new Exception(\"gone\");"
                ),
                // The child holds the worker's pipe open, and must not hold up the run.
                folder.Notebook(
                    "leaves-a-child.dib",
                    "System.Diagnostics.Process.Start(\"sleep\", \"60\"); 1"
                ),
                folder.Notebook(
                    "exits-later.dib",
                    "var later = new System.Threading.Timer(_ => Environment.Exit(5), null, 300, -1);",
                    "System.Threading.Thread.Sleep(60_000);"
                ),
                .. Forgeries.Select(f =>
                    folder.Notebook(
                        $"forges-{f.Name}.dib",
                        "1",
                        $"var fd = new IntPtr(int.Parse(Environment.GetCommandLineArgs()[^2]));\nvar pipe = new System.IO.FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, false), System.IO.FileAccess.Write);\npipe.Write(Encoding.UTF8.GetBytes({f.Line} + \"\\n\"));\npipe.Flush();\nSystem.Threading.Thread.Sleep(60_000);"
                    )
                ),
                folder.Notebook("asks.dib", "Console.ReadLine() ?? \"nobody\""),
                folder.Notebook(
                    "settings.dib",
                    "if (Environment.GetEnvironmentVariable(\"MALLOC_MMAP_MAX_\") != \"0\") throw new Exception(\"not set\");"
                ),
            ];
            (ExitCode, Output) = await RunnerProcess.RunAsync(
                folder.Path,
                ["run", "--timeout", "2", .. files]
            );
        }

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public void AnyFailureGivesExitCodeOne() => Assert.Equal(1, run.ExitCode);

    [Theory]
    [InlineData("passes")]
    [InlineData("leaves-a-child")]
    [InlineData("asks")]
    [InlineData("settings")]
    public void OthersStillRun(string name)
    {
        Assert.DoesNotContain(" in ", run.About(name));
        Assert.Matches($@"\n +{name} .* passed", run.Output);
    }

    [Fact]
    public void EachCellHasItsLineOfProgress()
    {
        var said = run.About("passes");

        Assert.Matches(@"compiled +\d+\.\d s", said);
        Assert.Matches(@"cell   1 of   2 +\d+\.\d s  var a = 1;", said);
        Assert.Matches(@"cell   2 of   2 +\d+\.\d s  a \+ 1", said);
    }

    public static TheoryData<string, string, int, int, string, string> Failures =>
        new()
        {
            // Notebook, kind, cell, line, the line's text, a part of the message.
            { "does-not-compile", "Compile error", 2, 8, "var y = undefined;", "CS0103" },
            { "throws", "Exception", 2, 8, "1 / zero", "DivideByZeroException" },
            { "is-refused", "Refused", 2, 7, "#!time", "splits the cell" },
            { "hangs", "Time-out", 2, 7, "// for ever", "longer than 2 s" },
            { "exits", "Crash", 2, 7, "Environment.Exit(0);", "ended with code 0" },
            {
                "fails-fast",
                "Crash",
                1,
                3,
                "Environment.FailFast(\"deliberately\");",
                "deliberately"
            },
            {
                "throws-behind",
                "Crash",
                1,
                3,
                "new System.Threading.Thread(() => throw new Exception(\"behind\")).Start();",
                "System.Exception: behind"
            },
            { "overflows", "Crash", 1, 3, "int Deep(int x) => Deep(x + 1) + 1;", "Stack overflow" },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public void AFailureSaysFileCellLineAndText(
        string name,
        string kind,
        int cell,
        int line,
        string text,
        string message
    )
    {
        var said = run.About(name);

        Assert.Contains($"{kind} in {name}.dib, cell {cell}, line {line}:\n    {text}\n", said);
        Assert.Contains(message, said);
        Assert.Matches($@"\n +{name} .* {kind.ToLowerInvariant()}", run.Output);
    }

    public static TheoryData<string> Forgers => [.. Forgeries.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Forgers))]
    public void WhatACellForgesIsNotBelieved(string name)
    {
        var said = run.About($"forges-{name}");

        Assert.Contains($"Error in forges-{name}.dib, cell 2, line 7:\n    var fd", said);
        Assert.Contains("did code of the notebook write into", said);
    }

    [Fact]
    public void WhoEndsTheProcessLaterIsNotTheCellThatRunsThen()
    {
        var said = run.About("exits-later");

        Assert.Contains("Crash in exits-later.dib, cell 2", said);
        Assert.Contains(
            "ended with code 5 while cell 2 ran; work that an earlier cell started in the background may be the cause.",
            said
        );
        // Before a first cell there was none.
        Assert.Contains("while cell 1 ran.", run.About("fails-fast"));
    }

    [Fact]
    public void NothingIsATrace() => Assert.DoesNotContain("Diffusion.Runner.Commands", run.Output);

    [Fact]
    public void ANotebookWithoutCodeFails() =>
        Assert.Contains("has no code cell, so nothing was run", run.About("has-no-code"));

    [Fact]
    public void ANotebookThatDeletesItselfIsStillReportedOn()
    {
        Assert.Contains("Exception in deletes-itself.dib, cell 2", run.About("deletes-itself"));
        Assert.Contains("gone", run.About("deletes-itself"));
    }

    [Fact]
    public void CellsBehindAFailureAreNotRun()
    {
        Assert.Contains("cell   1 of   3", run.About("throws"));
        Assert.DoesNotContain("cell   3 of   3", run.About("throws"));
    }
}
