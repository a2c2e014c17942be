using System;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Several notebooks at once.</summary>
public sealed partial class JobsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Meet(string mine, string other) =>
        $"System.IO.File.WriteAllText(\"{mine}\", \"\"); var until = DateTime.Now.AddSeconds(40); while (!System.IO.File.Exists(\"{other}\")) {{ if (DateTime.Now > until) throw new Exception(\"nobody came\"); System.Threading.Thread.Sleep(20); }}";

    [Fact]
    public async Task TwoRunAtOnceAndAreToldOfInOrder()
    {
        // Each waits for the other; the first ends last.
        var a = folder.Notebook(
            "a.dib",
            Meet("a", "b"),
            "System.Threading.Thread.Sleep(1500);",
            "// the last of a"
        );
        var b = folder.Notebook("b.dib", Meet("b", "a"), "// the last of b");

        var (code, output) = await RunnerProcess.RunAsync(folder.Path, "run", a, b, "--jobs", "2");

        Assert.True(code == 0, output);
        string[] lines =
        [
            "a.dib",
            "cell   1 of   3",
            "the last of a",
            "b.dib",
            "cell   1 of   2",
            "the last of b",
            "first output",
            "2 notebooks, 5 code cells",
        ];
        var at = 0;
        foreach (var line in lines)
        {
            var found = output.IndexOf(line, at, StringComparison.Ordinal);
            Assert.True(found >= at, $"'{line}' is missing or out of order in:\n{output}");
            at = found;
        }
    }

    [Fact]
    public async Task AFailureIsToldInItsPlaceAndEndsNoOther()
    {
        var a = folder.Notebook("a.dib", "System.Threading.Thread.Sleep(1000);", "// end of a");
        var b = folder.Notebook("b.dib", "throw new Exception(\"b is broken\");");
        var c = folder.Notebook("c.dib", "// end of c");

        var (code, output) = await RunnerProcess.RunAsync(
            folder.Path,
            "run",
            a,
            b,
            c,
            "--jobs",
            "3"
        );

        Assert.Equal(1, code);
        Assert.Matches(InOrder(), output);
    }

    [GeneratedRegex("end of a.*Exception in b.dib.*b is broken.*end of c", RegexOptions.Singleline)]
    private static partial Regex InOrder();

    [Theory]
    [InlineData("1", "all")]
    [InlineData("1000", "1")]
    public async Task TheyShareTheCores(string jobs, string threads)
    {
        var a = folder.Notebook(
            "a.dib",
            "System.IO.File.WriteAllText(\"threads\", Environment.GetEnvironmentVariable(\"OMP_NUM_THREADS\") ?? \"all\"); 1"
        );

        var (code, output) = await RunnerProcess.RunAsync(folder.Path, "run", a, "--jobs", jobs);

        Assert.True(code == 0, output);
        // A reader's own setting goes before the runner's.
        Assert.Equal(
            Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? threads,
            File.ReadAllText(folder["threads"])
        );
    }
}
