using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;
using Diffusion.Runner.Outputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The runner's commands as a reader gives them.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A repository with one short chapter.</summary>
    private void MakeRepository(params string[] cells)
    {
        folder.Write("Diffusion.slnx", "<Solution />");
        folder.Write(
            "notebooks/00-first.dib",
            "#!markdown\n\n# First chapter\n\n"
                + string.Join("\n", cells.Select(c => $"#!csharp\n\n{c}\n"))
        );
    }

    /// <summary>What there is but for the notebooks, with contents.</summary>
    private string[] Pages() =>
        Directory
            .GetFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Select(f => (Name: Path.GetRelativePath(folder.Path, f), Bytes: File.ReadAllBytes(f)))
            .Where(f =>
                !f.Name.StartsWith("notebooks", StringComparison.Ordinal)
                && !f.Name.StartsWith("work", StringComparison.Ordinal)
            )
            .Select(f => $"{f.Name} {Convert.ToHexString(SHA256.HashData(f.Bytes))}")
            .Order(StringComparer.Ordinal)
            .ToArray();

    [Theory]
    [InlineData("run")]
    [InlineData("run", "no-such.dib")]
    [InlineData("run", "a.dib", "--timeout", "0")]
    [InlineData("run", "a.dib", "--jobs", "0")]
    [InlineData("check", "no-such.dib")]
    [InlineData("nonsense")]
    [InlineData("--no-such-option")]
    public async Task ACommandThatCannotBeginGivesExitCodeTwo(params string[] arguments)
    {
        folder.Notebook("a.dib", "1");

        var (code, output) = await RunnerHere.RunAsync(folder.Path, arguments);

        Assert.Equal(2, code);
        Assert.NotEmpty(output);
        Assert.DoesNotContain("   at ", output);
    }

    [Fact]
    public async Task OutsideOfACloneTheRunnersOwnIsUsed()
    {
        var (_, output) = await RunnerProcess.RunAsync(folder.Path, "doctor");

        Assert.Contains("images-idx3-ubyte.gz is the original", output);
    }

    [Fact]
    public async Task TheBookIsWrittenAndKeptWhereALaterRunFails()
    {
        MakeRepository("Console.WriteLine(\"from the first run\");");
        var (code, output) = await RunnerProcess.RunAsync(folder["notebooks"], []);

        Assert.True(code == 0, output);
        Assert.Contains("index.html", output);
        Assert.Contains("from the first run", File.ReadAllText(folder["book/00-first.html"]));
        var good = Pages();

        folder.Notebook("notebooks/01-second.dib", "throw new Exception(\"second\");");
        (code, output) = await RunnerProcess.RunAsync(folder.Path, []);

        Assert.Equal(1, code);
        Assert.Contains("No book was written", output);
        Assert.Contains("cell 1, line 3", output);
        Assert.Equal(good, Pages());
    }

    [Fact]
    public async Task AChapterIsNamedByTheBeginningOfItsFilesName()
    {
        MakeRepository("Console.WriteLine(\"first\");");
        folder.Notebook("notebooks/01-second.dib", "Console.WriteLine(\"second\");");
        folder.Notebook("notebooks/B-results.dib", "Console.WriteLine(\"results\");");

        var (code, output) = await RunnerHere.RunAsync(folder.Path, "run", "01", "b-res");

        Assert.True(code == 0, output);
        Assert.Contains("01-second", output);
        Assert.Contains("B-results", output);
        Assert.DoesNotContain("00-first", output);
        // Two begin with 0, none with C, and all with nothing.
        foreach (var name in new[] { "0", "C", "" })
        {
            (code, output) = await RunnerHere.RunAsync(folder.Path, "run", name);
            Assert.Equal(2, code);
            Assert.Contains("00, 01, B", output);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task CtrlCEndsAllAndChangesNothing(string jobs)
    {
        Publication.Write(
            folder["book"],
            pages => File.WriteAllText(Path.Combine(pages, "index.html"), "the last good book"),
            () => "",
            TestContext.Current.CancellationToken
        );
        MakeRepository(
            "System.IO.File.WriteAllText(\"worker\", Environment.ProcessId.ToString());\nConsole.WriteLine(1);",
            "System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);"
        );
        using var runner = new RunnerProcess(folder.Path, "--jobs", jobs);
        await runner.SaysAsync("cell   2 of");

        runner.Interrupt();

        Assert.Equal(130, await runner.ExitCodeAsync());
        Assert.Contains("Cancelled", runner.Output);
        await AssertEndsAsync(int.Parse(File.ReadAllText(folder["notebooks/worker"])));
        Assert.Equal(
            ["Diffusion.slnx", "book", "notebooks"],
            Directory
                .GetFileSystemEntries(folder.Path)
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal("the last good book", File.ReadAllText(folder["book/index.html"]));
    }

    [Fact]
    public async Task AWorkerEndsWithItsParent()
    {
        var path = folder.Notebook(
            "a.dib",
            "System.IO.File.WriteAllText(\"worker\", Environment.ProcessId.ToString());",
            "System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);"
        );
        using var runner = new RunnerProcess(folder.Path, "run", path);
        await runner.SaysAsync("cell   1 of");

        runner.Kill();

        await AssertEndsAsync(int.Parse(File.ReadAllText(folder["worker"])));
    }

    [Fact]
    public async Task QuietSaysOnlyWhatWentWrong()
    {
        MakeRepository("1 + 1");
        var (code, output) = await RunnerHere.RunAsync(folder.Path, "--quiet");
        Assert.Equal((0, ""), (code, output));
        Assert.True(File.Exists(folder["book/00-first.html"]));

        folder.Notebook("notebooks/01-second.dib", "throw new Exception(\"second\");");
        (code, output) = await RunnerHere.RunAsync(folder.Path, "-q", "--fresh");
        Assert.Equal(1, code);
        Assert.StartsWith("Exception in ", output);
        Assert.Contains("No book was written", output);
        Assert.DoesNotContain("cell   1 of", output);

        (code, output) = await RunnerHere.RunAsync(folder.Path, "run", "none.dib", "--quiet");
        Assert.Equal(2, code);
        Assert.Contains("none.dib", output);

        (code, output) = await RunnerHere.RunAsync(folder.Path, "doctor", "--quiet");
        Assert.Equal(1, code); // this is no clone of the whole
        Assert.All(
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("TROUBLE ", line)
        );
    }

    [Fact]
    public async Task PagesGoOnlyWhereABookOrNothingIs()
    {
        var precious = folder.Write("documents/precious.txt", "keep me");
        MakeRepository("System.IO.File.WriteAllText(\"ran\", \"\");");

        var (code, output) = await RunnerHere.RunAsync(
            folder.Path,
            "run",
            "notebooks/00-first.dib",
            "--output",
            "documents"
        );

        Assert.Equal(2, code);
        Assert.Contains("holds 'precious.txt'", output);
        Assert.Equal("keep me", File.ReadAllText(precious));
        Assert.False(File.Exists(folder["notebooks/ran"]));
    }

    [Fact]
    public async Task RunWritesPagesWhereItIsToldTo()
    {
        MakeRepository("1 + 1");

        var (code, output) = await RunnerHere.RunAsync(
            folder.Path,
            "run",
            "notebooks/00-first.dib",
            "--output",
            "some pages/"
        );

        Assert.True(code == 0, output);
        Assert.True(File.Exists(folder["some pages/00-first.html"]));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "book")));
    }

    [Fact]
    public async Task ExportKeepsTheEarlierCopyOfWhatFails()
    {
        var good = folder.Notebook("good.dib", "40 + 2");
        var bad = folder.Notebook("bad.dib", "throw new Exception();");
        var (first, said) = await RunnerHere.RunAsync(
            folder.Path,
            "export",
            folder.Notebook("bad.dib", "\"earlier\""),
            "--output",
            "out"
        );
        Assert.True(first == 0, said);
        folder.Notebook("bad.dib", "throw new Exception();");

        var (code, output) = await RunnerHere.RunAsync(
            folder.Path,
            "export",
            good,
            bad,
            "--output",
            "out"
        );

        Assert.Equal(1, code);
        Assert.Contains("42", File.ReadAllText(folder["out/good.ipynb"]));
        Assert.Contains("earlier", File.ReadAllText(folder["out/bad.ipynb"]));
        Assert.Equal(2, Directory.GetFiles(folder["out"]).Length);
    }

    [Fact]
    public async Task CheckCompilesAndRunsNothing()
    {
        var good = folder.Notebook("good.dib", "System.IO.File.WriteAllText(\"ran\", \"\");");
        var bad = folder.Notebook("bad.dib", "1", "File.Exists(\"ran\")");
        var refused = folder.Notebook("refused.dib", "namespace N { }");

        var (goodCode, goodOutput) = await RunnerHere.RunAsync(folder.Path, "check", good);
        var (badCode, badOutput) = await RunnerHere.RunAsync(
            folder.Path,
            "check",
            good,
            bad,
            refused
        );

        Assert.True(goodCode == 0, goodOutput);
        Assert.False(File.Exists(folder["ran"]));
        Assert.Equal(1, badCode);
        Assert.Contains(
            "Compile error in bad.dib, cell 2, line 7:\n    File.Exists(\"ran\")\n",
            badOutput
        );
        Assert.Contains(
            "Refused in refused.dib, cell 1, line 3:\n    namespace N { }\n",
            badOutput
        );
    }

    private static async Task AssertEndsAsync(int process)
    {
        for (var i = 0; i < 100; i++)
        {
            // A zombie that nobody waited for has ended too.
            var status = $"/proc/{process}/status";
            if (
                !File.Exists(status)
                || File.ReadAllText(status).Contains("State:\tZ", StringComparison.Ordinal)
            )
                return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"The worker {process} is still there.");
    }
}
