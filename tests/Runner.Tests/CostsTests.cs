using System;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What a run is said to have cost.</summary>
public sealed partial class CostsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>What the summary says of a notebook: seconds, seconds, seconds, megabytes.</summary>
    private async Task<(double Prepared, double Cells, double First, double Peak)> OfAsync(
        params string[] cells
    )
    {
        var path = folder.Notebook("a.dib", cells);
        var (_, output) = await RunnerProcess.RunAsync(folder.Path, "run", path);
        var row = Row().Match(output);
        Assert.True(row.Success, output);
        double Number(string name) =>
            double.Parse(row.Groups[name].Value, CultureInfo.InvariantCulture);
        return (Number("prepared"), Number("cells"), Number("first"), Number("peak"));
    }

    [GeneratedRegex(
        @"^  a +(?<prepared>[\d.]+) +(?<cells>[\d.]+) +(?<first>[\d.]+) +(?<peak>[\d,]+) +\d+ +passed",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();

    [Fact]
    public async Task MemoryThatWasGivenBackCounts()
    {
        var little = await OfAsync("1");
        var much = await OfAsync(
            "{ var a = new byte[400_000_000]; Array.Fill(a, (byte)1); }",
            "GC.Collect(); 1"
        );

        Assert.InRange(little.Peak, 50, 1000);
        Assert.InRange(much.Peak - little.Peak, 330, 600);
    }

    [Fact]
    public async Task PreparingIsToldFromRunning()
    {
        var costs = await OfAsync(
            "System.Threading.Thread.Sleep(3000);",
            "\"first\"",
            "System.Threading.Thread.Sleep(3000);"
        );

        Assert.True(costs.Prepared > 0.3);
        Assert.True(costs.Cells > 5.9);
        // A busy machine may hand a line over a second late.
        Assert.True(costs.First > costs.Prepared + 1.5);
        Assert.True(costs.First < costs.Prepared + costs.Cells - 1.5);
    }

    [Fact]
    public async Task ANotebookThatDoesNotCompileHasOnlyPreparation()
    {
        var path = folder.Notebook("a.dib", "undefined");

        var (_, output) = await RunnerProcess.RunAsync(folder.Path, "run", path);

        Assert.Matches(@"(?m)^  a +[\d.]+ +0\.0 +0   compile error", output);
    }
}
