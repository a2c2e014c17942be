using System;
using System.IO;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>Native memory stays where it is, however long a loop runs.</summary>
public sealed class MemoryTests
{
    private static readonly UNetConfig Small = new() { Channels = [8, 16], NormGroups = 4 };

    [Fact]
    public void Sampling_leaves_nothing_behind()
    {
        using var network = new UNet(Small);
        var predictor = new Unconditional(network);
        var sampler = Sampler.Ddpm(NoiseSchedule.Linear());
        void Once() => sampler.Sample(predictor, [4, 1, 32, 32], seed: 1).Dispose();
        Once();
        AssertFlat(Once);
    }

    [Fact]
    public void Training_leaves_nothing_behind()
    {
        using var network = new UNet(Small);
        using var trainer = new Trainer(
            network,
            NoiseSchedule.Linear(),
            new TrainingRecipe { BatchSize = 16, Epochs = 1 }
        );
        var images = zeros(16 * 200, 1, 32, 32);
        void Once() => Assert.Equal(200, trainer.Run(images).Count());
        Once();
        AssertFlat(Once);
    }

    /// <summary>Neither tensors nor the process's own memory (2 % and 2 MB of it) may grow.</summary>
    private static void AssertFlat(Action loop)
    {
        var (tensors, bytes) = (LiveTensors.Count(), ResidentBytes());
        loop();
        Assert.Equal(tensors, LiveTensors.Count());
        Assert.InRange(ResidentBytes(), 0, bytes * 1.02 + 2e6);
    }

    private static double ResidentBytes()
    {
        if (!OperatingSystem.IsLinux())
            return Environment.WorkingSet;
        var line = File.ReadLines("/proc/self/status")
            .First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }
}
