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
        // Where the last two steps started: the timestep, x there after its correction, and the image predicted there.
        var past = new List<(int T, Tensor X, Tensor Clean)>();
        try
        {
            foreach (
                var step in Sampling.Walk(
                    Timesteps,
                    noise,
                    (x, t, s) => Next(predictor, x, t, s, past)
                )
            )
                yield return step;
        }
        finally
        {
            foreach (var (_, x, clean) in past)
            {
                x.Dispose();
                clean.Dispose();
            }
        }
    }

    public override string ToString() => $"UniPC: {Evaluations} steps";

    private SamplingStep Next(
        INoisePredictor predictor,
        Tensor x,
        int t,
        int s,
        List<(int T, Tensor X, Tensor Clean)> past
    )
    {
        var noise = predictor.Predict(x, t);
        var clean = Predictions.ToClean(noise, x, schedule, t);
        if (clip)
            clean = clean.clamp(-1, 1);

        if (past.Count > 0)
            x = Along(past[^1].X, past[^1].T, t, Corrected(past, t, clean));
        past.Add((t, x.alias().DetachFromDisposeScope(), clean.alias().DetachFromDisposeScope()));
        if (past.Count > 2)
        {
            past[0].X.Dispose();
            past[0].Clean.Dispose();
            past.RemoveAt(0);
        }

        var line = clean;
        if (past.Count > 1 && s > 0)
            line = clean + (clean - past[0].Clean) / (2 * Ratio(past[0].T, t, s));
        return new SamplingStep(t, s, Along(x, t, s, line), noise, clean);
    }

    /// <summary>The step that led to t, now that the image seen there is known: what the prediction was on average.</summary>
    private Tensor Corrected(List<(int T, Tensor X, Tensor Clean)> past, int t, Tensor seen)
    {
        var (from, _, start) = past[^1];
        if (past.Count == 1)
            return (start + seen) / 2;
        // Weights with which a line and a parabola in λ are integrated without error: b₁ and b₂ of UniPC, eq. 5.
        var h = Lambda(t) - Lambda(from);
        var one = Math.Exp(-h) - 1;
        var two = one / -h - 1;
        var three = two / -h - 0.5;
        var (line, parabola) = (two / one, 2 * three / one);
        var r = Ratio(past[0].T, from, t);
        var earlier = (line - parabola) / (1 + r);
        return start + earlier * (start - past[0].Clean) / r + (line - earlier) * (seen - start);
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
}
