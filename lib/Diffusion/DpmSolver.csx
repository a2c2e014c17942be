#nullable enable
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// DPM-Solver++(2M): each step goes along the line through the last two predicted images, so that its
/// error falls with the square of the step (Lu et al. 2022, DPM-Solver++, algorithm 2).
/// </summary>
/// <remarks>
/// One network evaluation a step, and no new noise. The first step and the last, to the clean image,
/// have only one prediction to go by: there it is DDIM.
/// </remarks>
public sealed class DpmSolver : ISampler
{
    private readonly NoiseSchedule schedule;
    private readonly bool clip;

    /// <param name="schedule">The one that the network was trained with.</param>
    /// <param name="timesteps">Falling, ends in 0 (see <see cref="Spacing"/>).</param>
    /// <param name="clip">Cuts x̂₀ off at [−1, 1] in every step.</param>
    /// <exception cref="ArgumentException">The list of timesteps cannot be walked.</exception>
    public DpmSolver(NoiseSchedule schedule, IReadOnlyList<int> timesteps, bool clip = false)
    {
        Spacing.Require(timesteps, schedule.Steps);
        (this.schedule, this.clip) = (schedule, clip);
        Timesteps = [.. timesteps];
    }

    public IReadOnlyList<int> Timesteps { get; }

    public int Evaluations => Timesteps.Count - 1;

    public IEnumerable<SamplingStep> Steps(
        INoisePredictor predictor,
        Tensor noise,
        Generator? generator = null
    )
    {
        SamplingStep? earlier = null;
        Tensor? clean = null; // the image predicted one step before
        try
        {
            foreach (
                var step in Sampling.Walk(
                    Timesteps,
                    noise,
                    (x, t, s) => Next(predictor, x, t, s, clean, earlier?.From ?? 0)
                )
            )
            {
                clean?.Dispose();
                (earlier, clean) = (step, step.PredictedClean.alias().DetachFromDisposeScope());
                yield return step;
            }
        }
        finally
        {
            clean?.Dispose();
        }
    }

    public override string ToString() => $"DPM-Solver++(2M): {Evaluations} steps";

    private SamplingStep Next(
        INoisePredictor predictor,
        Tensor x,
        int t,
        int s,
        Tensor? earlierClean,
        int earlier
    )
    {
        var (now, next) = (schedule.AlphaBar(t), schedule.AlphaBar(s));
        var noise = predictor.Predict(x, t);
        var clean = Predictions.ToClean(noise, x, schedule, t);
        if (clip)
            clean = clean.clamp(-1, 1);

        var line = clean;
        if (earlierClean is not null && s > 0)
        {
            // r = h₍ᵢ₋₁₎/hᵢ, how long the step before was beside this one, measured in λ.
            var r = (Lambda(t) - Lambda(earlier)) / (Lambda(s) - Lambda(t));
            line = (1 + 1 / (2 * r)) * clean - 1 / (2 * r) * earlierClean;
        }
        // e^(−h) = (σ_s · α_t)/(α_s · σ_t), which is 0 for s = 0.
        var (alpha, sigma) = (Math.Sqrt(next), Math.Sqrt(1 - next));
        var shrunk = sigma / Math.Sqrt(1 - now);
        var result = shrunk * x + (alpha - shrunk * Math.Sqrt(now)) * line;
        return new SamplingStep(t, s, result, noise, clean);
    }

    /// <summary>λ = ln(α/σ), half the logarithm of the signal-to-noise ratio.</summary>
    private double Lambda(int t) => Math.Log(schedule.SignalToNoise(t)) / 2;
}
