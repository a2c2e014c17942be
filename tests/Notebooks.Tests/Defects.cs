using System.Collections.Generic;

namespace Notebooks.Tests;

/// <summary>What is broken on purpose, a line at a time, and where that must be noticed.</summary>
internal static class Defects
{
    public static IReadOnlyList<Defect> All { get; } =
    [
        // A step with the variance where the standard deviation belongs.
        new(
            "01-forward-process",
            "The library's step is the formula",
            "ForwardProcess.csx",
            "* previous + Math.Sqrt(schedule.Beta(t)) * noise",
            "* previous + schedule.Beta(t) * noise"
        ),
        // A jump with the wrong root.
        new(
            "01-forward-process",
            "The library's jump is the formula",
            "ForwardProcess.csx",
            "+ Math.Sqrt(1 - alphaBar) * noise",
            "+ (1 - alphaBar) * noise"
        ),
        // The product of alphas, one late.
        new(
            "01-forward-process",
            "alpha-bar is the product of all alphas so far",
            "NoiseSchedule.csx",
            "alphaBars[t - 1] * (1 - this.betas[t])",
            "alphaBars[t - 1] * (1 - this.betas[t - 1])"
        ),
        // A schedule that stops one step short of its last beta.
        new(
            "01-forward-process",
            "The library's betas rise in a straight line",
            "NoiseSchedule.csx",
            "(last - first) / (steps - 1)",
            "(last - first) / steps"
        ),
        // A way back that multiplies where it must divide.
        new(
            "01-forward-process",
            "The library's way back is the formula",
            "ForwardProcess.csx",
            "* noise) / Math.Sqrt(schedule.Alpha(t))",
            "* noise) * Math.Sqrt(schedule.Alpha(t))"
        ),
        // Pictures that do not reach down to -1.
        new(
            "00-introduction",
            "Smallest and largest number",
            "FashionMnist.csx",
            ".sub_(1)",
            ".sub_(0.5f)"
        ),
        // The clock's hands at twice their speed.
        new(
            "02-unet",
            "Clock, linear layer, ReLU, linear layer",
            "TimestepEmbedding.csx",
            "(Math.PI / 2)",
            "Math.PI"
        ),
        // Sines before cosines: the network would still train, but not with anyone else's weights.
        new(
            "02-unet",
            "Clock, linear layer, ReLU, linear layer",
            "TimestepEmbedding.csx",
            "cat([angles.cos(), angles.sin()], dim: 1)",
            "cat([angles.sin(), angles.cos()], dim: 1)"
        ),
        // A block without its activation of the embedding.
        new(
            "02-unet",
            "A residual block, 64 to 32 channels",
            "ResidualBlock.csx",
            ".call(ActivationFunction.Of(activation, embedding))",
            ".call(embedding)"
        ),
        // Corners aligned where the article's upsampling does not.
        new(
            "02-unet",
            "Doubling, [2, 128, 8, 8] to [2, 64, 16, 16]",
            "Resampling.csx",
            "align_corners: false",
            "align_corners: true"
        ),
        // A variance without its second factor.
        new(
            "03-ddpm",
            "The library's variance is the posterior's, at all 1,000 timesteps",
            "NoiseSchedule.csx",
            "return (1 - next) / (1 - now) * (1 - now / next);",
            "return (1 - next) / (1 - now);"
        ),
        // A direction that forgets the noise to come.
        new(
            "03-ddpm",
            "The library's step is equation 11",
            "Sampler.csx",
            "Math.Sqrt(1 - next - sigma * sigma)",
            "Math.Sqrt(1 - next)"
        ),
        // Another loss than the paper's.
        new(
            "03-ddpm",
            "The library's loss is equation 14",
            "TrainingObjective.csx",
            "weights is null ? error * error :",
            "weights is null ? error.abs() :"
        ),
        // Eta on the variance, as in the article.
        new(
            "04-ddim",
            "The library's step at eta",
            "Sampler.csx",
            "Eta * Math.Sqrt(schedule.PosteriorVariance(t, s))",
            "Math.Sqrt(Eta * schedule.PosteriorVariance(t, s))"
        ),
        // A way up whose noise is weighted by a variance in the place of its root.
        new(
            "04-ddim",
            "50 steps up and down bring",
            "Inversion.csx",
            "Math.Sqrt(next) * clean + Math.Sqrt(1 - next) * noise",
            "Math.Sqrt(next) * clean + (1 - next) * noise"
        ),
        // Velocity with the wrong sign.
        new(
            "04-ddim",
            "From the clean picture and from the velocity the noise follows",
            "Prediction.csx",
            "signal * prediction + noise * x",
            "signal * prediction - noise * x"
        ),
        // The gradient without the factor of a score.
        new(
            "05-guidance",
            "The library uses the factor",
            "ClassifierGuidance.csx",
            "Scale * Math.Sqrt(1 - schedule.AlphaBar(t)) * towards",
            "Scale * towards"
        ),
        // Away from the class instead of towards it.
        new(
            "05-guidance",
            "Guidance at s =",
            "Guidance.csx",
            "unconditional.lerp(conditional, Scale)",
            "conditional.lerp(unconditional, Scale)"
        ),
        // An interval without its lower end.
        new(
            "05-guidance",
            "Outside of its interval guidance is not there",
            "GuidanceInterval.csx",
            "t >= low && t <= high",
            "t >= low"
        ),
        // A trailing list that starts one step early.
        new(
            "06-strided-sampling",
            "With 50 steps the leading list starts at 981",
            "Spacing.csx",
            "1 + (count - 1 - i) * stride",
            "(count - i) * stride"
        ),
        // A straight line through two predictions that is too steep.
        new(
            "06-strided-sampling",
            "The library's solver is these lines",
            "DpmSolver.csx",
            "(1 + 1 / (2 * r)) * clean",
            "(1 + 1 / r) * clean"
        ),
        // A parabola that forgets what it gave to the earlier prediction.
        new(
            "06-strided-sampling",
            "UniPC is of order 3",
            "UniPc.csx",
            "(line - weight) * (seen - start)",
            "line * (seen - start)"
        ),
        // Heun without his second look.
        new(
            "06-strided-sampling",
            "Heun is of order 2",
            "Heun.csx",
            "step * (direction + there) / 2",
            "step * direction"
        ),
        // A checkpoint without the generator's state.
        new(
            "A-training",
            "Interrupted and resumed, it ends",
            "Training.csx",
            "generator.set_state(chance);",
            "_ = chance;"
        ),
        // Averages that forget too fast.
        new(
            "A-training",
            "The library averages as the formula says",
            "WeightsAverage.csx",
            "Math.Min(decay, (1.0 + step) / (10.0 + step))",
            "(1.0 + step) / (10.0 + step)"
        ),
        // A distance without what the two clouds share.
        new(
            "B-results",
            "And so it is with two covariances",
            "FrechetDistance.csx",
            "spread - 2 * shared",
            "spread - shared"
        ),
    ];
}
