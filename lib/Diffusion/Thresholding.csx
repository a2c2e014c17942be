#nullable enable
using System;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Dynamic thresholding (Saharia et al. 2022, Imagen, section 2.3): where strong guidance drives the
/// predicted image beyond [−1, 1], it is cut off at a quantile of its own values and scaled back, so
/// that fewer pixels saturate than with plain clipping.
/// </summary>
/// <remarks>Being a predictor around another, it serves every sampler.</remarks>
public sealed class Thresholding : INoisePredictor
{
    private readonly INoisePredictor inner;
    private readonly NoiseSchedule schedule;
    private readonly double quantile;

    /// <param name="inner">Whose predicted image is cut off.</param>
    /// <param name="schedule">The one that the network was trained with.</param>
    /// <param name="quantile">Of an image's absolute values, in (0, 1]; the usual 0.995 where nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quantile is out of range.</exception>
    public Thresholding(INoisePredictor inner, NoiseSchedule schedule, double quantile = 0.995)
    {
        if (!(quantile > 0 && quantile <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(quantile),
                quantile,
                $"A quantile of {quantile} cannot be taken: it must lie above 0 and not above 1."
            );
        (this.inner, this.schedule, this.quantile) = (inner, schedule, quantile);
    }

    public Tensor Predict(Tensor x, int t)
    {
        using var scope = NewDisposeScope();
        var clean = Predictions.ToClean(inner.Predict(x, t), x, schedule, t);
        // One bound an image, never below 1: what lies inside of [−1, 1] is left as it is.
        var bound = clean
            .abs()
            .flatten(1)
            .quantile(tensor(quantile, dtype: clean.dtype, device: clean.device), dim: 1)
            .clamp(min: 1)
            .view(-1, 1, 1, 1);
        var cut = minimum(maximum(clean, -bound), bound) / bound;
        return Predictions
            .ToNoise(cut, Prediction.Clean, x, schedule.AlphaBar(t))
            .MoveToOuterDisposeScope();
    }
}
