#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Heun's method: go a step, look again from there, and take the average of both directions (Karras
/// et al. 2022, EDM, algorithm 1, without new noise). Its error falls with the square of the step.
/// </summary>
/// <remarks>
/// In x/√ᾱ and σ = √((1 − ᾱ)/ᾱ) the way from noise to images is dx/dσ = ε (DDIM, eq. 14). Two network
/// evaluations a step; one for the last, at whose end there is no noise to see, and for steps that start
/// beyond σ = 80, EDM's largest: these are so long in σ that half of the direction at their end, which is
/// off by a little, would move the image by more than its range.
/// </remarks>
public sealed class Heun : ISampler
{
    private const double LargestSigma = 80;

    private readonly NoiseSchedule schedule;
    private readonly bool clip;

    /// <param name="schedule">The one that the network was trained with.</param>
    /// <param name="timesteps">Falling, ends in 0 (see <see cref="Spacing"/>).</param>
    /// <param name="clip">Cuts x̂₀ off at [−1, 1] in each look.</param>
    /// <exception cref="ArgumentException">The list of timesteps cannot be walked.</exception>
    public Heun(NoiseSchedule schedule, IReadOnlyList<int> timesteps, bool clip = false)
    {
        Spacing.Require(timesteps, schedule.Steps);
        (this.schedule, this.clip) = (schedule, clip);
        Timesteps = [.. timesteps];
    }

    public IReadOnlyList<int> Timesteps { get; }

    public int Evaluations =>
        Timesteps.Zip(Timesteps.Skip(1), (t, s) => LooksTwice(t, s) ? 2 : 1).Sum();

    public IEnumerable<SamplingStep> Steps(
        INoisePredictor predictor,
        Tensor noise,
        Generator? generator = null
    ) => Sampling.Walk(Timesteps, noise, (x, t, s) => Next(predictor, x, t, s));

    public override string ToString() =>
        $"Heun: {Timesteps.Count - 1} steps, {Evaluations} evaluations";

    private SamplingStep Next(INoisePredictor predictor, Tensor x, int t, int s)
    {
        var root = Math.Sqrt(schedule.AlphaBar(s));
        var start = x / Math.Sqrt(schedule.AlphaBar(t));
        var step = Sigma(s) - Sigma(t);
        var (seen, direction, clean) = Look(predictor, x, t);
        var result = root * (start + step * direction);
        if (LooksTwice(t, s))
        {
            var (_, there, _) = Look(predictor, result, s);
            result = root * (start + step * (direction + there) / 2);
        }
        return new SamplingStep(t, s, result, seen, clean);
    }

    private bool LooksTwice(int t, int s) => s > 0 && Sigma(t) <= LargestSigma;

    /// <summary>What the network sees, the direction to go in, and the clean image; the first two differ where it is clipped.</summary>
    private (Tensor Seen, Tensor Direction, Tensor Clean) Look(
        INoisePredictor predictor,
        Tensor x,
        int t
    )
    {
        var seen = predictor.Predict(x, t);
        var clean = Predictions.ToClean(seen, x, schedule, t);
        if (!clip)
            return (seen, seen, clean);
        clean = clean.clamp(-1, 1);
        return (seen, Predictions.ToNoise(clean, Prediction.Clean, x, schedule.AlphaBar(t)), clean);
    }

    private double Sigma(int t) => Math.Sqrt(1 / schedule.AlphaBar(t) - 1);
}
