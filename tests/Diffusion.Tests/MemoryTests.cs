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
        // What allocators and compilers keep for later grows in the first three rounds: by 13 MB, by 8, by less than 1.
        for (var i = 0; i < 3; i++)
            Once();
        AssertFlat(Once);
    }

    /// <summary>libtorch keeps 20 MB for each program that it compiles, for a network of any size.</summary>
    [Fact]
    public void Networks_one_after_the_other_leave_nothing_behind()
    {
        void Five()
        {
            for (var i = 0; i < 5; i++)
            {
                using var network = new UNet(Small);
                using var trainer = new Trainer(
                    network,
                    NoiseSchedule.Linear(),
                    new TrainingRecipe()
                );
                trainer.Run(zeros(128, 1, 32, 32)).Count();
                Draw(network);
            }
        }
        Five();
        AssertMemoryFlat(Five);
    }

    [Fact]
    public void Weights_that_change_leave_nothing_behind()
    {
        using var network = new UNet(Small);
        void Five()
        {
            for (var i = 0; i < 5; i++)
            {
                using (no_grad())
                    network.parameters().First().add_(0.01);
                Draw(network);
            }
        }
        Five();
        AssertMemoryFlat(Five);
    }

    private static void Draw(UNet network) =>
        new Unconditional(network).Predict(zeros(4, 1, 32, 32), 5).Dispose();

    /// <summary>Neither tensors nor the process's own memory may grow.</summary>
    private static void AssertFlat(Action loop)
    {
        var tensors = LiveTensors.Count();
        AssertMemoryFlat(loop);
        Assert.Equal(tensors, LiveTensors.Count());
    }

    /// <summary>
    /// By no more than 2 % and 2 MB. For loops that make networks: TorchSharp 0.107.0 counts each
    /// parameter's tensor once too often, so that <see cref="Tensor.TotalCount"/> only ever grows.
    /// </summary>
    private static void AssertMemoryFlat(Action loop)
    {
        LiveTensors.Count();
        var bytes = ResidentBytes();
        loop();
        LiveTensors.Count();
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
