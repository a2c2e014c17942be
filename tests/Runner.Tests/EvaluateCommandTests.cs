using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SlowTests;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The command that measures, with the real data and classifier, and a table of its own.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    private const string Table = "data/results/quality.csv";

    private readonly TestFolder folder = new();

    public EvaluateCommandTests()
    {
        folder.Write("Diffusion.slnx", "<Solution />");
        foreach (var data in new[] { "data/fashion-mnist", "data/weights" })
            Directory.CreateSymbolicLink(folder[data], Path.Combine(RepositoryRoot.Path, data));
    }

    public void Dispose() => folder.Dispose();

    private string[] Rows() => File.ReadAllLines(folder[Table]);

    [Fact]
    [Slow("2,000 real images are measured against 60,000.")]
    public async Task AnExperimentIsMeasuredOnceAndAsTheRepositoryHasIt()
    {
        string[] floor = ["evaluate", "floors", "--only", "real-n2000"];
        var all = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, Table));
        var recorded = all.Select(line => line.Split(','))
            .Single(row => row[0] == "real" && row[5] == "2000");

        // What is there is shown, not measured again; unless that is asked for.
        string[] wrong = [.. recorded];
        wrong[9] = "7.5";
        string[] table = [all[0], string.Join(',', wrong)];
        folder.Write(Table, string.Join('\n', table) + "\n");
        var (code, output) = await RunnerProcess.RunAsync(folder.Path, floor);
        Assert.True(code == 0, output);
        Assert.Contains("7.5", output);
        Assert.Equal(table, Rows());

        (code, output) = await RunnerProcess.RunAsync(folder.Path, [.. floor, "--again"]);
        Assert.True(code == 0, output);
        var measured = Assert.Single(Rows().Skip(1)).Split(',');
        // Fréchet distance, precision, recall, label agreement, on whatever machine they were recorded.
        foreach (var column in new[] { 9, 11, 12, 13 })
            Assert.Equal(double.Parse(recorded[column]), double.Parse(measured[column]), 0.002);
    }

    [Fact]
    public async Task ANameThatNoExperimentHasIsRefused()
    {
        var (code, output) = await RunnerProcess.RunAsync(
            folder.Path,
            "evaluate",
            "--only",
            "no-such"
        );
        Assert.Equal(2, code);
        Assert.Contains("'no-such'", output);
        Assert.False(File.Exists(folder[Table]));
    }

    [Fact]
    public async Task ATableThatIsNoneIsRefusedAndLeftAsItIs()
    {
        var header = File.ReadLines(Path.Combine(RepositoryRoot.Path, Table)).First();
        folder.Write(Table, $"{header}\nnonsense\n");
        var (code, output) = await RunnerProcess.RunAsync(folder.Path, "evaluate", "floors");
        Assert.Equal(2, code);
        Assert.Contains("line 2", output);
        Assert.DoesNotContain("   at ", output);
        Assert.Equal([header, "nonsense"], Rows());
    }
}
