using System.IO;
using Xunit;

namespace Notebooks.Tests;

/// <summary>
/// Run All is a proof only if it can fail: the library is broken on purpose, one line at a time,
/// and the chapter that teaches that line must notice.
/// </summary>
public sealed class ChecksCanFail
{
    [Theory]
    [MemberData(nameof(Defects))]
    public void A_defect_in_the_library_fails_the_chapter(
        string chapter,
        string file,
        string text,
        string replacement
    )
    {
        using var clone = new BrokenClone();
        clone.Break(file, text, replacement);
        var (exitCode, output) = RunnerProcess.Run(
            clone.PathOf("."),
            "run",
            Path.Combine("notebooks", $"{chapter}.dib")
        );
        Assert.True(exitCode == 1, $"The runner ended with {exitCode}:\n{output}");
        Assert.Contains("Failed check", output);
        Assert.Contains($"{chapter}.dib", output);
    }

    /// <summary>Chapter, library file, what stands there, what is put in its place.</summary>
    public static TheoryData<string, string, string, string> Defects =>
        new()
        {
            // A step with the variance where the standard deviation belongs.
            {
                "01-forward-process",
                "ForwardProcess.csx",
                "* previous + Math.Sqrt(schedule.Beta(t)) * noise",
                "* previous + schedule.Beta(t) * noise"
            },
            // A jump with the wrong root.
            {
                "01-forward-process",
                "ForwardProcess.csx",
                "+ Math.Sqrt(1 - alphaBar) * noise",
                "+ (1 - alphaBar) * noise"
            },
            // The product of alphas, one late.
            {
                "01-forward-process",
                "NoiseSchedule.csx",
                "alphaBars[t - 1] * (1 - this.betas[t])",
                "alphaBars[t - 1] * (1 - this.betas[t - 1])"
            },
            // A schedule that stops one step short of its last beta.
            {
                "01-forward-process",
                "NoiseSchedule.csx",
                "(last - first) / (steps - 1)",
                "(last - first) / steps"
            },
            // A way back that multiplies where it must divide.
            {
                "01-forward-process",
                "ForwardProcess.csx",
                "* noise) / Math.Sqrt(schedule.Alpha(t))",
                "* noise) * Math.Sqrt(schedule.Alpha(t))"
            },
            // Pictures that do not reach down to -1.
            { "00-introduction", "FashionMnist.csx", ".sub_(1)", ".sub_(0.5f)" },
            // The clock's hands at twice their speed.
            { "02-unet", "TimestepEmbedding.csx", "(Math.PI / 2)", "Math.PI" },
            // Sines before cosines: the network would still train, but not with anyone else's weights.
            {
                "02-unet",
                "TimestepEmbedding.csx",
                "cat([angles.cos(), angles.sin()], dim: 1)",
                "cat([angles.sin(), angles.cos()], dim: 1)"
            },
            // A block without its activation of the embedding.
            {
                "02-unet",
                "ResidualBlock.csx",
                ".call(ActivationFunction.Of(activation, embedding))",
                ".call(embedding)"
            },
            // Corners aligned where the article's upsampling does not.
            { "02-unet", "Resampling.csx", "align_corners: false", "align_corners: true" },
            // A variance without its second factor.
            {
                "03-ddpm",
                "NoiseSchedule.csx",
                "return (1 - next) / (1 - now) * (1 - now / next);",
                "return (1 - next) / (1 - now);"
            },
            // A direction that forgets the noise to come.
            {
                "03-ddpm",
                "Sampler.csx",
                "Math.Sqrt(1 - next - sigma * sigma)",
                "Math.Sqrt(1 - next)"
            },
            // Another loss than the paper's.
            {
                "03-ddpm",
                "TrainingObjective.csx",
                "weights is null ? error * error :",
                "weights is null ? error.abs() :"
            },
            // Eta on the variance, as in the article.
            {
                "04-ddim",
                "Sampler.csx",
                "=> Eta * Math.Sqrt(schedule.PosteriorVariance(t, s))",
                "=> Math.Sqrt(Eta * schedule.PosteriorVariance(t, s))"
            },
            // A way up whose noise is weighted by a variance in the place of its root.
            {
                "04-ddim",
                "Inversion.csx",
                "Math.Sqrt(next) * clean + Math.Sqrt(1 - next) * noise",
                "Math.Sqrt(next) * clean + (1 - next) * noise"
            },
            // Velocity with the wrong sign.
            {
                "04-ddim",
                "Prediction.csx",
                "signal * prediction + noise * x",
                "signal * prediction - noise * x"
            },
            // The gradient without the factor of a score.
            {
                "05-guidance",
                "ClassifierGuidance.csx",
                "Scale * Math.Sqrt(1 - schedule.AlphaBar(t)) * towards",
                "Scale * towards"
            },
            // Away from the class instead of towards it.
            {
                "05-guidance",
                "Guidance.csx",
                "unconditional.lerp(conditional, Scale)",
                "conditional.lerp(unconditional, Scale)"
            },
            // An interval without its lower end.
            { "05-guidance", "GuidanceInterval.csx", "t >= low && t <= high", "t >= low" },
            // A trailing list that starts one step early.
            {
                "06-strided-sampling",
                "Spacing.csx",
                "1 + (count - 1 - i) * stride",
                "(count - i) * stride"
            },
            // A straight line through two predictions that is too steep.
            {
                "06-strided-sampling",
                "DpmSolver.csx",
                "(1 + 1 / (2 * r)) * clean",
                "(1 + 1 / r) * clean"
            },
            // A parabola that forgets what it gave to the earlier prediction.
            {
                "06-strided-sampling",
                "UniPc.csx",
                "(line - weight) * (seen - start)",
                "line * (seen - start)"
            },
            // Heun without his second look.
            {
                "06-strided-sampling",
                "Heun.csx",
                "step * (direction + there) / 2",
                "step * direction"
            },
            // A checkpoint without the generator's state.
            { "A-training", "Training.csx", "generator.set_state(chance);", "_ = chance;" },
            // Averages that forget too fast.
            {
                "A-training",
                "WeightsAverage.csx",
                "Math.Min(decay, (1.0 + step) / (10.0 + step))",
                "(1.0 + step) / (10.0 + step)"
            },
            // A distance without what the two clouds share.
            { "B-results", "FrechetDistance.csx", "spread - 2 * shared", "spread - shared" },
        };
}
