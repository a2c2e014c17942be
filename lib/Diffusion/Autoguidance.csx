#nullable enable
using System;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Guidance of a network by a worse one of its own kind: away from what the worse one sees, and on
/// beyond what the better one does (Karras et al. 2024, "Guiding a diffusion model with a bad version
/// of itself", eq. 4).
/// </summary>
/// <remarks>
/// ε = ε_worse + s · (ε_better − ε_worse). What both make of the image, the class included, stays as it
/// is; what the worse one gets wrong, the better one gets less wrong, and is taken further in that
/// direction. Classifier-free guidance (<see cref="ClassifierFreeGuidance"/>) is the case where the
/// worse one isn't told the class: it makes images more typical, this doesn't.
/// </remarks>
public sealed class Autoguidance : INoisePredictor
{
    private readonly INoisePredictor better;
    private readonly INoisePredictor worse;

    /// <param name="better">Whose images are wanted.</param>
    /// <param name="worse">Trained for the same task on the same noise schedule, but shorter, or smaller.</param>
    /// <param name="scale">s, 0 or more; 1 is the better one alone, and asks the worse one nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is negative or not a number.</exception>
    public Autoguidance(INoisePredictor better, INoisePredictor worse, double scale)
    {
        if (!(scale >= 0 && double.IsFinite(scale)))
            throw new ArgumentOutOfRangeException(
                nameof(scale),
                scale,
                $"The guidance scale is {scale}: it must be a number of 0 (the worse network) or more; 1 is the better one alone."
            );
        (this.better, this.worse, Scale) = (better, worse, scale);
    }

    /// <summary>s, 0 or more.</summary>
    public double Scale { get; }

    public Tensor Predict(Tensor x, int t)
    {
        if (Scale == 1)
            return better.Predict(x, t);
        using var scope = NewDisposeScope();
        return worse.Predict(x, t).lerp(better.Predict(x, t), Scale).MoveToOuterDisposeScope();
    }
}
