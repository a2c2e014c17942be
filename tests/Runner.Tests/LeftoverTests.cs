using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What a notebook leaves running ends with it, in whichever way it ends.</summary>
public sealed class LeftoverTests : IDisposable
{
    // A child, one that breaks away from its group and session, one whose parent ends at once, and one of that kind that does both.
    private const string LeaveAll = """
        void Sh(string line) => System.Diagnostics.Process.Start("sh", new[] { "-c", line });
        Sh("echo $$ >>left; exec sleep 300");
        Sh("setsid sh -c 'echo $$ >>left; exec sleep 300'");
        Sh("(echo x >>ready; sh -c 'echo $$ >>left; exec sleep 300' &)");
        Sh("(setsid nohup sh -c 'echo $$ >>left; exec sleep 300' >/dev/null 2>&1 &)");
        while (!System.IO.File.Exists("left") || System.IO.File.ReadAllLines("left").Length < 4) System.Threading.Thread.Sleep(20);
        """;

    private readonly TestFolder folder = new();

    public LeftoverTests()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux hands orphans on.");
    }

    public void Dispose() => folder.Dispose();

    private Task AllEndAsync() =>
        Descendants.AllEndAsync(File.ReadAllLines(folder["left"]).Select(int.Parse));

    [Theory]
    [InlineData("1", 0)]
    [InlineData("throw new Exception();", 1)]
    [InlineData("Environment.FailFast(\"\");", 1)]
    [InlineData("while (true) { }", 1)]
    public async Task ChildrenEndWithTheirNotebook(string last, int expected)
    {
        var (code, output) = await RunnerProcess.RunAsync(
            folder.Path,
            "run",
            folder.Notebook("a.dib", LeaveAll, last),
            "--timeout",
            "6"
        );

        Assert.True(code == expected, output);
        await AllEndAsync();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task ChildrenEndWithTheRunner(string signal)
    {
        var path = folder.Notebook("a.dib", LeaveAll, "while (true) { }");
        using var runner = new RunnerProcess(folder.Path, "run", path);
        await runner.SaysAsync("cell   1 of");

        runner.Send(signal);

        await runner.ExitCodeAsync();
        await AllEndAsync();
    }

    /// <summary>An earlier notebook's end must not end what another one has started.</summary>
    [Fact]
    public async Task NeighboursKeepTheirs()
    {
        var first = folder.Notebook(
            "first.dib",
            "while (!System.IO.File.Exists(\"started\")) System.Threading.Thread.Sleep(20);"
        );
        var second = folder.Notebook(
            "second.dib",
            """
            System.Diagnostics.Process.Start("sh", new[] { "-c", "(setsid sh -c 'echo $$ >mine; touch started; exec sleep 300' &)" });
            while (!System.IO.File.Exists("started")) System.Threading.Thread.Sleep(20);
            """,
            // Long enough for the other one to be swept up after.
            "System.Threading.Thread.Sleep(4000);\nif (System.IO.File.ReadAllText($\"/proc/{System.IO.File.ReadAllText(\"mine\").Trim()}/stat\").Contains(\") Z\")) throw new Exception(\"it was ended\");"
        );

        var (code, output) = await RunnerProcess.RunAsync(
            folder.Path,
            "run",
            first,
            second,
            "--jobs",
            "2"
        );

        Assert.True(code == 0, output);
        await Descendants.AllEndAsync([int.Parse(File.ReadAllText(folder["mine"]))]);
    }

    /// <summary>With the time limit of ten minutes these would show as a test that hangs.</summary>
    [Fact(Timeout = 120_000)]
    public async Task NobodyWaitsForWhatANotebookLeavesRunning()
    {
        var thread = folder.Notebook(
            "thread.dib",
            "new System.Threading.Thread(() => System.Threading.Thread.Sleep(-1)) { IsBackground = false }.Start();\n1"
        );
        var handler = folder.Notebook(
            "handler.dib",
            "AppDomain.CurrentDomain.ProcessExit += (_, _) => System.Threading.Thread.Sleep(-1);\n2"
        );
        var saves = folder.Notebook(
            "saves.dib",
            "AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.File.WriteAllText(\"saved\", \"\");\n3"
        );

        var (code, output) = await RunnerProcess.RunAsync(
            folder.Path,
            "run",
            thread,
            handler,
            saves
        );

        Assert.True(code == 0, output);
        foreach (var name in new[] { "thread", "handler", "saves" })
            Assert.Matches($@"\n +{name} .* passed", output);
        Assert.True(File.Exists(folder["saved"]));
    }
}
