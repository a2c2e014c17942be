#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Draws from any of the project's U-Nets, whatever it predicts and whether it has classes.</summary>
public static class ModelSamples
{
    private const int ClassCount = 10;

    /// <summary>Labels for so many images: 0, 1, …, 9, 0, 1, …</summary>
    /// <returns>int64 <c>[count]</c>.</returns>
    public static Tensor Labels(int count) =>
        tensor(Enumerable.Range(0, count).Select(i => (long)(i % ClassCount)).ToArray());

    /// <summary>A predictor for so many images, all classes in turn where the network has classes.</summary>
    /// <param name="network">Whose last label is the null label.</param>
    /// <param name="schedule">The one that it was trained with.</param>
    /// <param name="scale">Guidance; 1 is the plain conditional prediction, at half the price.</param>
    /// <param name="precision">The fastest on this machine where nothing is said.</param>
    public static INoisePredictor Predictor(
        UNet network,
        NoiseSchedule schedule,
        int count,
        double scale = 1,
        Precision? precision = null
    )
    {
        using var scope = NewDisposeScope();
        if (network.Config.Classes is not int classes)
            return new Unconditional(network, precision, schedule);
        return scale == 1
            ? new Conditional(network, Labels(count), precision, schedule)
            : new ClassifierFreeGuidance(
                network,
                Labels(count),
                classes - 1,
                scale,
                precision,
                schedule
            );
    }
}
