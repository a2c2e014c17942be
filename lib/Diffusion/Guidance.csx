#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Classifier-free guidance (Ho and Salimans 2022, eq. 6): away from what the network sees without a
/// class, towards what it sees with one.
/// </summary>
/// <remarks>
/// ε = ε_null + s · (ε_class − ε_null). The paper's weight w is s − 1: s = 1 is the plain conditional
/// prediction, s = 0 the unconditional one. Being a predictor, it serves every sampler.
/// </remarks>
public sealed class ClassifierFreeGuidance : INoisePredictor
{
    private readonly Conditional both;
    private readonly double rescale;

    /// <param name="network">Made with classes, one of them for "none".</param>
    /// <param name="labels">int64 <c>[B]</c>, one for each image that will be predicted.</param>
    /// <param name="nullLabel">The label that stands for no class, such as 10 for Fashion-MNIST.</param>
    /// <param name="scale">s, 0 or more.</param>
    /// <param name="precision">The fastest on this machine where nothing is said: see <see cref="PrecisionChoice"/>.</param>
    /// <param name="schedule">The one that the network was trained with; needed where it predicts something else than noise.</param>
    /// <param name="rescale">
    /// φ, 0 … 1: how far the prediction's spread is taken back to that of the plain conditional one, which
    /// strong guidance makes larger (Lin et al. 2024, section 3.4, here on the noise).
    /// </param>
    /// <exception cref="ArgumentException">The network has no classes, or a label is none of them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is negative or not a number, or φ is out of range.</exception>
    public ClassifierFreeGuidance(
        UNet network,
        Tensor labels,
        int nullLabel,
        double scale,
        Precision? precision = null,
        NoiseSchedule? schedule = null,
        double rescale = 0
    )
    {
        if (!(scale >= 0 && double.IsFinite(scale)))
            throw new ArgumentOutOfRangeException(
                nameof(scale),
                scale,
                $"The guidance scale is {scale}: it must be a number of 0 (no class) or more; 1 is the plain conditional prediction."
            );
        if (!(rescale >= 0 && rescale <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(rescale),
                rescale,
                $"The spread cannot be taken back by {rescale}: it must lie between 0 (not at all) and 1 (wholly)."
            );
        Scale = scale;
        this.rescale = rescale;
        using var scope = NewDisposeScope();
        both = new Conditional(
            network,
            cat([labels, full_like(labels, nullLabel)], dim: 0),
            precision,
            schedule
        );
    }

    /// <summary>s, 0 or more.</summary>
    public double Scale { get; }

    public Tensor Predict(Tensor x, int t)
    {
        using var scope = NewDisposeScope();
        // One batch of both halves: one call of the network is faster than two of half the size.
        var halves = both.Predict(cat([x, x], dim: 0), t).chunk(2, dim: 0);
        var (conditional, unconditional) = (halves[0], halves[1]);
        var guided = unconditional.lerp(conditional, Scale);
        if (rescale > 0)
            guided = guided.lerp(guided * Spread(conditional) / Spread(guided), rescale);
        return guided.MoveToOuterDisposeScope();
    }

    /// <summary>Standard deviation over all pixels of each image, <c>[B, 1, 1, 1]</c>.</summary>
    private static Tensor Spread(Tensor x) => x.flatten(1).std(1).view(-1, 1, 1, 1);
}
