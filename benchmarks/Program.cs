using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Diffusion.Runner.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Benchmarks;

/// <summary>
/// How long the network takes, beside the fastest convolution that this very machine does in the same
/// run: a ratio means the same on every machine, seconds do not.
/// </summary>
internal static class Program
{
    private const int Repetitions = 5;

    // The network's work for one image and one step, and three times that for a training step.
    private const double FlopsPerImage = 0.783e9;

    private static void Main()
    {
        TorchNative.Load();
        using var network = new UNet(new UNetConfig());
        var predictor = new Unconditional(network);
        using var trainer = new Trainer(network, NoiseSchedule.Linear());
        using var data = FashionMnist.Train();
        using var training = trainer.Run(data.Images).GetEnumerator();

        var measured = new List<(string Name, double Flops, int Images, Action Action)>
        {
            ("convolution, 128 channels, 16x16, batch 100", ConvolutionFlops, 0, Convolution()),
        };
        foreach (var images in new[] { 1, 10, 100 })
        {
            var x = randn(images, 1, 32, 32);
            measured.Add(
                (
                    $"sampling step, {images} images",
                    images * FlopsPerImage,
                    images,
                    () => predictor.Predict(x, 500).Dispose()
                )
            );
        }
        measured.Add(
            ("training step, 128 images", 3 * 128 * FlopsPerImage, 128, () => training.MoveNext())
        );
        measured.Add(("loading 60,000 images", 0, 60_000, () => FashionMnist.Train().Dispose()));

        foreach (var (_, _, _, action) in measured)
            action(); // the first call of each is slower: buffers, kernels
        var times = measured.Select(_ => new List<double>()).ToArray();
        // Interleaved, so that a disturbance of the machine hits all alike.
        for (var repetition = 0; repetition < Repetitions; repetition++)
        for (var i = 0; i < measured.Count; i++)
        {
            var clock = Stopwatch.StartNew();
            measured[i].Action();
            times[i].Add(clock.Elapsed.TotalSeconds);
        }

        var peak = ConvolutionFlops / times[0].Min();
        Console.WriteLine(
            $"TorchSharp {typeof(torch).Assembly.GetName().Version}, {get_num_threads()} threads, {DateTime.UtcNow:yyyy-MM-dd}"
        );
        Console.WriteLine();
        Console.WriteLine(
            "| what | median | fastest to slowest | GFLOP/s | of the convolution | images a second |"
        );
        Console.WriteLine("|---|---|---|---|---|---|");
        for (var i = 0; i < measured.Count; i++)
        {
            var (name, flops, images, _) = measured[i];
            var sorted = times[i].Order().ToArray();
            var median = sorted[Repetitions / 2];
            Console.WriteLine(
                FormattableString.Invariant(
                    $"| {name} | {1000 * median:f1} ms | {1000 * sorted[0]:f1} to {1000 * sorted[^1]:f1} ms | {(flops > 0 ? $"{flops / median / 1e9:f0}" : "")} | {(flops > 0 ? $"{100 * flops / median / peak:f0} %" : "")} | {(images > 0 ? $"{images / median:f0}" : "")} |"
                )
            );
        }
    }

    private const double ConvolutionFlops = 10 * 2.0 * 100 * 128 * 128 * 9 * 16 * 16;

    /// <summary>Ten of the network's heaviest kind of convolution.</summary>
    private static Action Convolution()
    {
        var images = randn(100, 128, 16, 16);
        var weights = randn(128, 128, 3, 3);
        return () =>
        {
            using var scope = NewDisposeScope();
            using var gradients = no_grad();
            for (var i = 0; i < 10; i++)
                nn.functional.conv2d(images, weights, padding: [1L, 1L]);
        };
    }
}
