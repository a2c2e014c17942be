#nullable enable
using System.Collections.Generic;

/// <summary>
/// What each part of the best model's recipe is worth: short trainings that each leave one part out,
/// and one that adds what others recommend.
/// A step takes as long in each, so equal steps are equal time.
/// </summary>
public static class Ablations
{
    private const string Prefix = "ablation-";

    private static readonly ModelRecipe Whole = ModelRecipe.Best with
    {
        Name = Prefix + "nothing",
        Description = "the best model's recipe, one epoch",
        Training = ModelRecipe.Early.Training with { Epochs = 1, WarmUpSteps = 50 },
    };

    /// <summary>The whole recipe first, then each without one part.</summary>
    public static IReadOnlyList<ModelRecipe> All { get; } =
    [
        Whole,
        Without("velocity", Whole.Network! with { Prediction = Prediction.Noise }),
        Without("silu", Whole.Network! with { Activation = Activation.ReLU }),
        Without("zero-start", Whole.Network! with { StartsAtZero = false }),
        Without("cosine-schedule", Whole with { Schedule = NoiseSchedule.Linear() }),
        Without("average", Whole.Training with { AverageDecay = null }),
        Without("cosine-rate", Whole.Training with { CosineRate = false, RateDecay = 1 }),
        Without("clipping", Whole.Training with { LargestGradientNorm = null }),
        Whole with
        {
            Name = Prefix + "nothing-but-min-snr-added",
            Description = "the best model's recipe with Min-SNR weighting, one epoch",
            Training = Whole.Training with { SignalToNoiseLimit = 5 },
        },
    ];

    private static ModelRecipe Without(string part, ModelRecipe recipe) =>
        recipe with
        {
            Name = Prefix + part,
            Description =
                $"the best model's recipe without its {part.Replace('-', ' ')}, one epoch",
        };

    private static ModelRecipe Without(string part, UNetConfig network) =>
        Without(part, Whole with { Network = network });

    private static ModelRecipe Without(string part, TrainingRecipe training) =>
        Without(part, Whole with { Training = training });
}
