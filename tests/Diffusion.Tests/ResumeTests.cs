using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>A training that was interrupted and resumed against one that was not, with as many threads as a reader's has.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly int threads = get_num_threads();

    public ResumeTests() => set_num_threads(Environment.ProcessorCount);

    public void Dispose() => set_num_threads(threads);

    // The narrowest that is trained by a program on every machine, on images as small as it takes: nothing here is about size.
    private static readonly UNetConfig Small = new()
    {
        Channels = [16, 32],
        NormGroups = 4,
        Classes = 11,
        Activation = Activation.SiLU,
        Prediction = Prediction.Velocity,
    };

    private static readonly TrainingRecipe Recipe = new()
    {
        Epochs = 3,
        BatchSize = 16,
        CosineRate = true,
        WarmUpSteps = 4,
        LargestGradientNorm = 0.5,
        AverageDecay = 0.9,
        LabelDropping = 0.2,
        SignalToNoiseLimit = 5,
        Seed = 3,
    };

    /// <summary>What all others are compared with: its steps, and the bits at its end.</summary>
    private static readonly Lazy<(string[] Steps, byte[] Bits)> Uninterrupted = new(() =>
    {
        using var data = new Pictures();
        using var whole = new Training();
        var steps = whole.Trainer.Run(data.Images, data.Labels).Select(s => s.ToString());
        return ([.. steps], whole.Bits());
    });

    [Theory]
    [InlineData(1)] // in the first epoch
    [InlineData(3)] // at an epoch's end
    [InlineData(7)] // in the last epoch
    public void Resumed_anywhere_it_ends_bit_for_bit_where_an_uninterrupted_one_ends(int stop)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Location, "a.safetensors");
        using var data = new Pictures();

        var (expected, bits) = Uninterrupted.Value;
        Assert.Equal(9, expected.Length);

        string[] before;
        using (var first = new Training())
        {
            before = first.Run(data, stop);
            first.Trainer.Save(path);
            // What happens after the checkpoint is lost with the process.
            first.Run(data, 1);
        }
        using var second = new Training(seed: 99);
        second.Trainer.Resume(path);
        Assert.Equal(stop, second.Trainer.Step);
        Assert.Equal(expected, before.Concat(second.Run(data, 9 - stop)));
        Assert.Equal(bits, second.Bits());
    }

    [Fact]
    public void A_run_that_was_left_goes_on_in_the_middle_of_its_epoch()
    {
        using var data = new Pictures();
        var (expected, bits) = Uninterrupted.Value;
        using var parts = new Training();
        Assert.Equal(expected, parts.Run(data, 4).Concat(parts.Run(data, 5)));
        Assert.Equal(bits, parts.Bits());
    }

    [Fact]
    public void The_latest_sound_checkpoint_is_used()
    {
        using var folder = new TemporaryFolder();
        using var data = new Pictures();
        var (expected, bits) = Uninterrupted.Value;
        using (var first = new Training())
        {
            var checkpoints = new Checkpoints(folder.Location);
            foreach (var _ in Enumerable.Range(0, 3))
            {
                first.Run(data, 2);
                checkpoints.Save(first.Trainer);
            }
        }
        var files = Directory
            .GetFiles(folder.Location, "step-*.checkpoint.safetensors")
            .Order()
            .ToArray();
        Assert.Equal(2, files.Length);
        var latest = File.ReadAllBytes(files[1]);
        latest[^1000] ^= 1;
        File.WriteAllBytes(files[1], latest);
        string[] others =
        [
            Path.Combine(folder.Location, "step-best.checkpoint.safetensors"),
            files[1] + ".0123.tmp",
        ];
        foreach (var other in others)
            File.WriteAllText(other, "of somebody else");

        using var second = new Training();
        var warnings = new List<string>();
        Assert.True(new Checkpoints(folder.Location).Resume(second.Trainer, warnings.Add));
        Assert.Contains(Path.GetFileName(files[1]), Assert.Single(warnings));
        Assert.All([.. files, .. others], f => Assert.True(File.Exists(f)));
        Assert.Equal(4, second.Trainer.Step);
        Assert.Equal(expected[4..], second.Run(data, 5));
        Assert.Equal(bits, second.Bits());
    }

    [Fact]
    public void A_damaged_checkpoint_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var data = new Pictures();
        var path = Path.Combine(folder.Location, "a.safetensors");
        using var training = new Training();
        training.Run(data, 2);
        training.Trainer.Save(path);
        var file = File.ReadAllBytes(path);
        training.Run(data, 1);
        var bits = training.Bits();
        foreach (
            var damaged in new[] { file[..^1], file[..100], [], Flipped(file, file.Length / 2) }
        )
        {
            File.WriteAllBytes(path, damaged);
            Assert.Throws<InvalidDataException>(() => training.Trainer.Resume(path));
            Assert.Equal(bits, training.Bits());
            Assert.Equal(3, training.Trainer.Step);
        }
        Assert.Throws<FileNotFoundException>(() => training.Trainer.Resume(path + "x"));

        static byte[] Flipped(byte[] bytes, int at)
        {
            bytes = [.. bytes];
            bytes[at] ^= 4;
            return bytes;
        }
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Location, "a.safetensors");
        using (var training = new Training())
            training.Trainer.Save(path);
        using var network = new UNet(Small);
        using var other = new Trainer(
            network,
            NoiseSchedule.Cosine(),
            Recipe with
            {
                LearningRate = 0.1,
            }
        );
        Assert.Contains(
            "another training",
            Assert.Throws<InvalidOperationException>(() => other.Resume(path)).Message
        );
        Weights.Save(network, new Dictionary<string, string>(), path);
        Assert.Contains(
            "no checkpoint",
            Assert.Throws<InvalidOperationException>(() => other.Resume(path)).Message
        );
    }

    [Fact]
    public void Other_images_in_the_middle_of_an_epoch_are_refused()
    {
        using var data = new Pictures();
        using var training = new Training();
        training.Run(data, 1);
        Assert.Contains(
            "same ones",
            Assert
                .Throws<ArgumentException>(() =>
                    training.Trainer.Run(data.Images[..20], data.Labels[..20])
                )
                .Message
        );
    }

    private sealed class Training : IDisposable
    {
        private readonly UNet network;

        public Training(long seed = 0)
        {
            network = new UNet(Small, seed);
            Trainer = new Trainer(network, NoiseSchedule.Cosine(), Recipe);
        }

        public Trainer Trainer { get; }

        public string[] Run(Pictures data, int steps) =>
            Trainer.Run(data.Images, data.Labels).Take(steps).Select(s => s.ToString()).ToArray();

        /// <summary>Weights and their average.</summary>
        public byte[] Bits() =>
            [
                .. network.parameters().SelectMany(p => p.bytes.ToArray()),
                .. Trainer.Average!.Weights.Values.SelectMany(w => w.bytes.ToArray()),
            ];

        public void Dispose()
        {
            Trainer.Dispose();
            network.Dispose();
        }
    }

    private sealed class Pictures : IDisposable
    {
        public Pictures()
        {
            using var generator = new Generator(5);
            Images = (rand(40, 1, 8, 8, generator: generator) * 2 - 1).DetachFromDisposeScope();
            Labels = randint(0, 10, [40], dtype: ScalarType.Int64, generator: generator);
        }

        public Tensor Images { get; }

        public Tensor Labels { get; }

        public void Dispose()
        {
            Images.Dispose();
            Labels.Dispose();
        }
    }
}
