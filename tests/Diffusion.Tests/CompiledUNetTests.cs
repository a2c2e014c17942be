using System;
using System.Linq;
using System.Threading;
using SlowTests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>The form for sampling is the plain network: the same numbers, and never older weights.</summary>
public sealed class CompiledUNetTests
{
    private static readonly UNetConfig Small = new() { Channels = [8, 16], NormGroups = 4 };

    // The narrowest that has this form also where oneDNN errs at channels that do not fill its blocks.
    private static readonly UNetConfig Narrow = new() { Channels = [16, 32], NormGroups = 4 };

    // Batches below and above 32 and groups of 16 channels take different ways through the normalisation.
    [Theory]
    [InlineData(EmbeddingMode.Shift, null, 1, 8)]
    [InlineData(EmbeddingMode.Shift, null, 33, 8)]
    [InlineData(EmbeddingMode.Shift, 11, 3, 8)]
    [InlineData(EmbeddingMode.ScaleShift, null, 2, 8)]
    [InlineData(EmbeddingMode.ScaleShift, 11, 34, 8)]
    [InlineData(EmbeddingMode.Shift, 5, 34, 64)]
    [InlineData(EmbeddingMode.ScaleShift, 5, 3, 16)]
    [InlineData(EmbeddingMode.Shift, null, 34, 48)]
    [InlineData(EmbeddingMode.Shift, 11, 5, 8, Activation.SiLU)]
    public void In_float32_it_is_as_near_to_the_truth_as_the_plain_network(
        EmbeddingMode mode,
        int? classes,
        int count,
        int width,
        Activation activation = Activation.ReLU
    )
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(
            Small with
            {
                Channels = [width, 2 * width],
                Embedding = mode,
                Classes = classes,
                Activation = activation,
            }
        );
        if (HiddenCaches.Here && width % HiddenCaches.Block != 0)
        {
            // There the plain network, without oneDNN, is what is used, and other tests look at it.
            Assert.False(CompiledUNet.IsPossibleFor(network));
            return;
        }
        Assert.True(CompiledUNet.IsPossibleFor(network));
        ReferenceWeights.Fill(network, "ruleB");
        using var compiled = new CompiledUNet(network, ScalarType.Float32);
        using var exact = new UNet(network.Config);
        ReferenceWeights.Fill(exact, "ruleB");
        exact.to(ScalarType.Float64);
        using var generator = new Generator(3);
        // Each image is predicted by itself, so that some of a batch show what all are; in float64 each costs as much as twenty.
        var rows = tensor(
            new long[] { 0, count / 2, count - 1 }
                .Distinct()
                .ToArray()
        );
        foreach (var (t, size) in new[] { (1, 32), (431, 16), (1000, 40) })
        {
            var x = randn(count, 1, size, size, generator: generator);
            var labels = classes is int known
                ? randint(0, known, [count], ScalarType.Int64, generator: generator)
                : null;
            var (some, theirs) = (x.index_select(0, rows), labels?.index_select(0, rows));
            var plain = Plain(network, some, t, theirs);
            var truth = Plain(exact, some.to(ScalarType.Float64), t, theirs);
            double Error(Tensor actual) => (actual - truth).abs().max().item<double>();
            var spread = truth.std().item<double>();
            var ours = Error(compiled.Predict(x, t, labels).index_select(0, rows));
            var its = Error(plain);
            // These weights magnify what is rounded: the plain network is off by as much.
            Assert.InRange(its, 0, 5e-4 * spread);
            // More than 32 images are normalised by sums of squares, which round more: 6.4e-4 was seen where a
            // processor adds eight numbers at a time (AVX2).
            Assert.InRange(ours, 0, (count > 32 ? 1e-3 : 5e-4) * spread);
        }
    }

    /// <summary>8 significant bits: about 1 % of the prediction's spread, and 3 % at the worst pixel here.</summary>
    [Fact]
    public void In_bfloat16_it_differs_by_about_a_hundredth()
    {
        using var scope = NewDisposeScope();
        using var network = TrainedWeights.Unconditional();
        if (RefusedPrecision.IsRefused(() => _ = new Unconditional(network, Precision.BFloat16)))
            return;
        using var compiled = new CompiledUNet(network);
        using var generator = new Generator(4);
        foreach (var t in new[] { 20, 300, 1000 })
        {
            var x = randn(4, 1, 32, 32, generator: generator);
            var expected = Plain(network, x, t, null);
            var difference = compiled.Predict(x, t, null) - expected;
            var spread = expected.std().item<float>();
            Assert.InRange(difference.std().item<float>(), 1e-6 * spread, 0.02 * spread);
        }
    }

    [Fact]
    public void Weights_that_change_are_noticed()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Narrow);
        using var compiled = new CompiledUNet(network, ScalarType.Float32);
        var x = randn(2, 1, 8, 8);
        _ = compiled.Predict(x, 5, null);
        // Each of them alone, the first as well as the last.
        foreach (var (name, weight) in network.named_parameters())
        {
            using (no_grad())
                weight.mul_(1.5);
            var error = (compiled.Predict(x, 5, null) - Plain(network, x, 5, null)).abs().max();
            Assert.True(error.item<float>() < 1e-5, $"A change of {name} was not noticed.");
        }
    }

    /// <summary>
    /// TorchSharp makes handles of numbers that nobody holds while libtorch reads them, also in its own
    /// operators: a step of the program must need none.
    /// </summary>
    [Fact]
    [Slow("One prediction in a thousand went wrong: it must get its chances.")]
    public void The_garbage_collector_takes_nothing_away_that_is_still_read()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Narrow with { Classes = 3 });
        using var compiled = new CompiledUNet(network, ScalarType.Float32);
        var x = randn(1, 1, 8, 8);
        var labels = tensor(new long[] { 2 });
        double[] Predict(int t)
        {
            using var step = NewDisposeScope();
            return compiled.Predict(x, t, labels).Values();
        }
        var expected = Enumerable.Range(0, 10).Select(Predict).ToArray();

        using var running = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!running.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (var i = 0; i < 500; i++)
                Reference.Close(expected[i % 10], Predict(i % 10), 1e-5);
        }
        finally
        {
            running.Cancel();
            collector.Join();
        }
    }

    [Fact]
    public void Whoever_asks_for_a_precision_gets_it()
    {
        using var scope = NewDisposeScope();
        using var network = TrainedWeights.Unconditional();
        var x = randn(2, 1, 32, 32);
        var expected = Plain(network, x, 500, null);
        float Error(Precision precision) =>
            (new Unconditional(network, precision).Predict(x, 500) - expected)
                .abs()
                .max()
                .item<float>();
        Assert.InRange(Error(Precision.Float32), 0, 1e-5);
        if (!RefusedPrecision.IsRefused(() => Error(Precision.BFloat16)))
            Assert.InRange(Error(Precision.BFloat16), 1e-4, 0.2);
    }

    [Fact]
    public void A_timestep_outside_is_refused()
    {
        using var network = new UNet(Small);
        var predictor = new Unconditional(network);
        foreach (var t in new[] { -1, 1001 })
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                predictor.Predict(zeros(1, 1, 32, 32), t)
            );
        Assert.Throws<ArgumentException>(() => predictor.Predict(zeros(1, 1, 30, 30), 1));
    }

    private static Tensor Plain(UNet network, Tensor x, int t, Tensor? labels)
    {
        using var gradients = no_grad();
        return network.call(x, full(x.shape[0], (long)t, dtype: ScalarType.Int64), labels);
    }
}
