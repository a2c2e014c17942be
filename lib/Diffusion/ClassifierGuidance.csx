#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Classifier guidance (Dhariwal and Nichol 2021, algorithm 2): a second network, which names noisy
/// pictures, says into which direction each pixel should change so that it would name the class.
/// </summary>
/// <remarks>
/// ε̂ = ε − s · √(1 − ᾱ_t) · ∇ log p(class | x_t). The gradient is one of the score, ∇ log p(x_t) =
/// −E[ε | x_t]/√(1 − ᾱ_t) (Vincent 2011), which is why it is multiplied by √(1 − ᾱ_t). Being a predictor,
/// it serves every sampler.
/// </remarks>
public sealed class ClassifierGuidance : INoisePredictor
{
    private readonly INoisePredictor inner;
    private readonly Classifier classifier;
    private readonly NoiseSchedule schedule;
    private readonly Tensor labels;

    /// <param name="inner">What is to be steered, such as <see cref="Unconditional"/>.</param>
    /// <param name="classifier">Of noisy images, trained with the schedule.</param>
    /// <param name="schedule">The one that both networks were trained with.</param>
    /// <param name="labels">int64 <c>[B]</c>, one for each image that will be predicted.</param>
    /// <param name="scale">s, 0 or more.</param>
    /// <exception cref="ArgumentException">The classifier knows no timesteps, or others than the schedule's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is negative or not a number.</exception>
    public ClassifierGuidance(
        INoisePredictor inner,
        Classifier classifier,
        NoiseSchedule schedule,
        Tensor labels,
        double scale
    )
    {
        if (classifier.Steps != schedule.Steps)
            throw new ArgumentException(
                $"The classifier was made for {(classifier.Steps is int t ? $"{t} timesteps" : "clean images")}, the schedule has {schedule.Steps} timesteps: guidance needs a classifier that knows the noise of this schedule.",
                nameof(classifier)
            );
        if (!(scale >= 0 && double.IsFinite(scale)))
            throw new ArgumentOutOfRangeException(
                nameof(scale),
                scale,
                $"The guidance scale is {scale}: it must be a number of 0 (no guidance) or more."
            );
        Conditional.RequireLabels(labels, classifier.Classes);
        (this.inner, this.classifier, this.schedule) = (inner, classifier, schedule);
        this.labels = labels.clone().DetachFromDisposeScope();
        Scale = scale;
        classifier.eval();
    }

    /// <summary>s, 0 or more.</summary>
    public double Scale { get; }

    public Tensor Predict(Tensor x, int t)
    {
        using var scope = NewDisposeScope();
        var towards = Gradient(x, t);
        return (
            inner.Predict(x, t) - Scale * Math.Sqrt(1 - schedule.AlphaBar(t)) * towards
        ).MoveToOuterDisposeScope();
    }

    /// <summary>∇ log p(class | x_t): what each pixel should change to for the class to become likelier.</summary>
    /// <param name="x">x_t, <c>[B, 1, 32, 32]</c>.</param>
    /// <param name="t">1 … T, the same for all.</param>
    /// <returns>Of x's shape.</returns>
    /// <exception cref="ArgumentException">There are more or fewer images than labels.</exception>
    public Tensor Gradient(Tensor x, int t)
    {
        if (x.shape[0] != labels.shape[0])
            throw new ArgumentException(
                $"{x.shape[0]} images come for {labels.shape[0]} labels: there must be one for each.",
                nameof(x)
            );
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var seen = x.detach().clone().requires_grad_();
        var timesteps = full(x.shape[0], (long)t, dtype: ScalarType.Int64, device: x.device);
        var likely = nn
            .functional.log_softmax(classifier.call(seen, timesteps), 1)
            .gather(1, labels.to(x.device).unsqueeze(1))
            .sum();
        // Only the image's gradient: the classifier's weights are left alone.
        return autograd.grad([likely], [seen])[0].MoveToOuterDisposeScope();
    }
}
