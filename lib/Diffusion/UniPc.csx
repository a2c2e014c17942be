#nullable enable
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// UniPC of second order: a step as <see cref="DpmSolver"/> takes it, and, once the network has seen
/// where it led, that step once more along the parabola through three predicted images. Its error
/// falls with the third power of the step (Zhao et al. 2023, UniPC, algorithms 1 and 2, B₂).
/// </summary>
/// <remarks>
/// One network evaluation a step, since what is seen there serves the next step too; no new noise.
/// The last step, to the clean image, is not taken again: nobody looks from there.
/// </remarks>
public sealed class UniPc : ISampler
{
    private readonly NoiseSchedule schedule;
    private readonly bool clip;

    /// <param name="schedule">The one that the network was trained with.</param>
    /// <param name="timesteps">Falling, ends in 0 (see <see cref="Spacing"/>).</param>
    /// <param name="clip">Cuts x̂₀ off at [−1, 1] in every step.</param>
    /// <exception cref="ArgumentException">The list of timesteps cannot be walked.</exception>
    public UniPc(NoiseSchedule schedule, IReadOnlyList<int> timesteps, bool clip = false)
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
        using var past = new Past();
        foreach (
            var step in Sampling.Walk(Timesteps, noise, (x, t, s) => Next(predictor, x, t, s, past))
        )
            yield return step;
    }

    public override string ToString() => $"UniPC: {Evaluations} steps";

    private SamplingStep Next(INoisePredictor predictor, Tensor x, int t, int s, Past past)
    {
        var noise = predictor.Predict(x, t);
        var clean = Predictions.ToClean(noise, x, schedule, t);
        if (clip)
            clean = clean.clamp(-1, 1);

        if (past.Last is var (from, start, seenThere))
            x = Along(start, from, t, Corrected(past.Earlier, from, seenThere, t, clean));
        past.Keep(t, x, clean);

        var line = clean;
        if (past.Earlier is var (before, seenBefore) && s > 0)
            line = clean + (clean - seenBefore) / (2 * Ratio(before, t, s));
        return new SamplingStep(t, s, Along(x, t, s, line), noise, clean);
    }

    /// <summary>The step that led to t, now that the image seen there is known: what the prediction was on average.</summary>
    private Tensor Corrected(
        (int T, Tensor Clean)? earlier,
        int from,
        Tensor start,
        int t,
        Tensor seen
    )
    {
        if (earlier is not var (before, seenBefore))
            return (start + seen) / 2;
        // Weights with which a line and a parabola in λ are integrated without error (UniPC, theorem 3.1).
        var h = Lambda(t) - Lambda(from);
        var one = Math.Exp(-h) - 1;
        var two = one / -h - 1;
        var three = two / -h - 0.5;
        var (line, parabola) = (two / one, 2 * three / one);
        var r = Ratio(before, from, t);
        var weight = (line - parabola) / (1 + r);
        return start + weight * (start - seenBefore) / r + (line - weight) * (seen - start);
    }

    /// <summary>From t to s, if the predicted image stays as it is: DDIM's step.</summary>
    private Tensor Along(Tensor x, int t, int s, Tensor clean)
    {
        var (now, next) = (schedule.AlphaBar(t), schedule.AlphaBar(s));
        var shrunk = Math.Sqrt((1 - next) / (1 - now));
        return shrunk * x + (Math.Sqrt(next) - shrunk * Math.Sqrt(now)) * clean;
    }

    /// <summary>How long the step from <paramref name="before"/> to t is beside that from t to s, in λ.</summary>
    private double Ratio(int before, int t, int s) =>
        (Lambda(t) - Lambda(before)) / (Lambda(s) - Lambda(t));

    /// <summary>λ = ln(α/σ), half the logarithm of the signal-to-noise ratio.</summary>
    private double Lambda(int t) => Math.Log(schedule.SignalToNoise(t)) / 2;

    /// <summary>What is remembered from step to step: where the last one began, and what was seen there and before.</summary>
    private sealed class Past : IDisposable
    {
        public (int T, Tensor Clean)? Earlier { get; private set; }

        /// <summary>X is the place after its correction.</summary>
        public (int T, Tensor X, Tensor Clean)? Last { get; private set; }

        public void Keep(int t, Tensor x, Tensor clean)
        {
            Earlier?.Clean.Dispose();
            Last?.X.Dispose();
            Earlier = Last is var (before, _, seen) ? (before, seen) : null;
            Last = (t, x.alias().DetachFromDisposeScope(), clean.alias().DetachFromDisposeScope());
        }

        public void Dispose()
        {
            Earlier?.Clean.Dispose();
            Last?.X.Dispose();
            Last?.Clean.Dispose();
        }
    }
}
