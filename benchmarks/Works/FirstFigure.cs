using System;
using Diffusion.Benchmarks.Commands;
using Diffusion.Benchmarks.Measuring;

namespace Diffusion.Benchmarks.Works;

/// <summary>
/// From the start of a process to the HTML of a first figure: loading libtorch and the weights, and
/// sampling sixteen images in fifty steps.
/// </summary>
internal static class FirstFigure
{
    /// <summary>In a process of its own, for only there is it the first.</summary>
    public static Work Work { get; } =
        new(
            "first figure: a new process, 50 steps of 16 images, HTML",
            () => ChildProcess.Run(ChildCommands.FirstFigure)
        )
        {
            Flops = 50 * 16 * Flops.PerImage,
            Images = 16,
            Format = Networks.Default,
        };

    /// <summary>What that process does.</summary>
    public static void Draw()
    {
        var network = new UNet(new UNetConfig());
        Weights.Load(network, Networks.WeightsFile);
        using var images = Sampler
            .Strided(Networks.Schedule, 50)
            .Sample(new Unconditional(network), [16, 1, 32, 32], seed: 0);
        var html = Figure.Grid(images, title: "First figure").ToHtml();
        if (html.Length == 0)
            throw new InvalidOperationException("The first figure has no HTML.");
    }
}
