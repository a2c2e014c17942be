using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SlowTests;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The command that trains, with the smallest recipe and the real data.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    private RunnerProcess Start(string output, params string[] more) =>
        new(
            RepositoryRoot.Path,
            ["train", "tiny", "--output", In(output), "--every", "5", .. more]
        );

    private string In(string name) => Path.Combine(folder.Path, name);

    private string[] Checkpoints() =>
        Directory.GetFiles(In("out"), "*.checkpoint.safetensors").Order().ToArray();

    /// <summary>The tensors of a weights file; the card in front of them tells hours and date.</summary>
    private byte[] Tensors(string name)
    {
        var file = File.ReadAllBytes(In(name));
        return file[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file))..];
    }

    [Fact]
    [Slow("A training from its beginning to its end, and one that is begun four times.")]
    public async Task KilledAtAnyMomentAndResumedItEndsBitForBitWhereAnUninterruptedRunEnds()
    {
        using (var whole = Start("whole"))
            Assert.Equal(0, await whole.ExitCodeAsync());

        // Five steps take about as long as a write here, so a kill may well fall into one. Hundreds are tests/Faults' work.
        var random = new Random(1);
        for (var kills = 0; kills < 3; kills++)
        {
            using var part = Start("parts");
            var ended = part.ExitCodeAsync();
            var killed = NextCheckpointAsync(TimeSpan.FromSeconds(0.5 * random.NextDouble()));
            Assert.True(
                await Task.WhenAny(ended, killed) == killed,
                $"It was done before it was killed:\n{part.Output}"
            );
            part.Kill();
            await ended;
            Assert.DoesNotContain(" is not a sound", part.Output);
        }
        using (var last = Start("parts"))
            Assert.True(await last.ExitCodeAsync() == 0, last.Output);

        Assert.Equal(Tensors("whole/tiny.safetensors"), Tensors("parts/tiny.safetensors"));
        Assert.Equal(
            File.ReadAllLines(In("whole/log.csv")),
            File.ReadAllLines(In("parts/log.csv"))
        );
        Assert.DoesNotContain(
            Directory.EnumerateFiles(In("parts")),
            f => f.EndsWith(".tmp", StringComparison.Ordinal)
        );
    }

    /// <summary>Ends some time after a checkpoint was written: each part gets a little further, on any machine.</summary>
    private async Task NextCheckpointAsync(TimeSpan later)
    {
        string? Latest() =>
            Directory.Exists(In("parts"))
                ? Directory
                    .GetFiles(In("parts"), "*.checkpoint.safetensors")
                    .Max(StringComparer.Ordinal)
                : null;
        var before = Latest();
        while (Latest() == before)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await Task.Delay(later, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AStoppedTrainingKeepsWhatItHadAndADamagedCheckpointIsPassedOver()
    {
        using (var first = Start("out"))
        {
            var ended = first.ExitCodeAsync();
            while (!Directory.Exists(In("out")) || Checkpoints().Length < 2)
            {
                Assert.False(ended.IsCompleted, first.Output);
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
            first.Interrupt();
            Assert.Equal(130, await ended);
            Assert.Contains("goes on from there", first.Output);
        }
        var checkpoints = Checkpoints();
        Assert.Equal(2, checkpoints.Length);
        var latest = File.ReadAllBytes(checkpoints[1]);
        latest[latest.Length / 2] ^= 1;
        File.WriteAllBytes(checkpoints[1], latest);

        using var second = Start("out", "--minutes", "0.01");
        Assert.Equal(0, await second.ExitCodeAsync());
        Assert.Contains("The one before it is used.", second.Output);
        Assert.Contains(
            $"Goes on behind step {int.Parse(Path.GetFileName(checkpoints[0])[5..13])} of 90.",
            second.Output
        );
    }

    [Theory]
    [InlineData("a.tmp")]
    [InlineData("log.csv")]
    public async Task AFolderOfOthersIsRefusedBeforeAnythingIsDone(string name)
    {
        folder.Write($"out/{name}", "precious");
        using var training = Start("out");
        Assert.Equal(2, await training.ExitCodeAsync());
        Assert.Contains(name, training.Output);
        Assert.DoesNotContain("   at ", training.Output);
        Assert.Equal([In($"out/{name}")], Directory.GetFileSystemEntries(In("out")));
        Assert.Equal("precious", File.ReadAllText(In($"out/{name}")));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("train", "no-such-model")]
    [InlineData("train", "tiny", "--minutes", "0")]
    [InlineData("train", "tiny", "--minutes", "NaN")]
    [InlineData("train", "tiny", "--every", "0")]
    [InlineData("train", "tiny", "--output", "")]
    [InlineData("train", "tiny", "--device", "no-such-device")]
    // The tests' libtorch is one for CPUs, whatever the machine has.
    [InlineData("train", "tiny", "--device", "cuda")]
    [InlineData("evaluate", "no-such-group")]
    [InlineData("evaluate", "floors", "--device", "cuda")]
    public async Task WhatCannotBeginIsSaidInOneSentence(params string[] arguments)
    {
        var (code, output) = await RunnerProcess.RunAsync(folder.Path, arguments);
        Assert.Equal(2, code);
        Assert.NotEmpty(output);
        Assert.DoesNotContain("   at ", output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
