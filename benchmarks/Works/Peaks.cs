using System;
using System.Collections.Generic;
using System.Linq;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Reports;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Benchmarks.Works;

/// <summary>
/// What this very machine can do: the heaviest kind of convolution that the network contains, in each
/// number format and layout, and a large copy.
/// </summary>
internal static class Peaks
{
    private const int Batch = 100;
    private const int Channels = 128;
    private const int Side = 16;
    private const int Runs = 10;
    private const double ConvolutionFlops =
        Runs * 2.0 * Batch * Channels * Channels * 9 * Side * Side;
    private const long CopiedFloats = 64 << 20;

    public static IReadOnlyList<Work> Convolutions(IEnumerable<Precision> formats) =>
        formats
            .SelectMany(format =>
                new[]
                {
                    Convolution(format, channelsLast: false),
                    Convolution(format, channelsLast: true),
                }
            )
            .ToArray();

    /// <summary>Far larger than any cache; reading and writing both count.</summary>
    public static Work Copy()
    {
        var from = ones(CopiedFloats);
        var to = zeros(CopiedFloats);
        return new Work($"copy of {CopiedFloats >> 18} MiB", () => to.copy_(from))
        {
            Bytes = 2 * sizeof(float) * CopiedFloats,
        };
    }

    /// <summary>The most operations a second that any of the layouts reached with this format.</summary>
    public static double Of(Precision format, IEnumerable<Timing> convolutions) =>
        convolutions
            .Where(timing => timing.Work.Format == format)
            .Max(timing => timing.Work.Flops / timing.Fastest);

    private static Work Convolution(Precision format, bool channelsLast)
    {
        var type = format == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var images = Laid(randn(Batch, Channels, Side, Side).to(type), channelsLast);
        var weights = Laid(randn(Channels, Channels, 3, 3).to(type), channelsLast);
        var layout = channelsLast ? "channels last" : "channels first";
        return new Work($"convolution, {Units.Name(format)}, {layout}", Run)
        {
            Flops = ConvolutionFlops,
            Format = format,
        };

        void Run()
        {
            using var scope = NewDisposeScope();
            using var gradients = no_grad();
            for (var i = 0; i < Runs; i++)
                nn.functional.conv2d(images, weights, padding: [1L, 1L]).Dispose();
        }
    }

    private static Tensor Laid(Tensor x, bool channelsLast) =>
        channelsLast ? ChannelsLast.From(x) : x;
}
