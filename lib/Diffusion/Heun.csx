#nullable enable
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Heun's method: go a step, look again from there, and take the average of both directions (Karras
/// et al. 2022, EDM, algorithm 1, without new noise). Its error falls with the square of the step.
/// </summary>
/// <remarks>
/// In x/√ᾱ and σ = √((1 − ᾱ)/ᾱ) the way from noise to images is dx/dσ = ε (DDIM, eq. 14). Two network
/// evaluations a step, but one for the last, at whose end there is no noise to see.
/// </remarks>
public sealed class Heun : ISampler
{
    private readonly NoiseSchedule schedule;

    /// <param name="schedule">The one that the network was trained with.</param>
    /// <param name="timesteps">Falling, ends in 0 (see <see cref="Spacing"/>).</param>
    /// <exception cref="ArgumentException">The list of timesteps cannot be walked.</exception>
    public Heun(NoiseSchedule schedule, IReadOnlyList<int> timesteps)
    {
        Spacing.Require(timesteps, schedule.Steps);
        this.schedule = schedule;
        Timesteps = [.. timesteps];
    }

    public IReadOnlyList<int> Timesteps { get; }

    public int Evaluations => 2 * (Timesteps.Count - 1) - 1;

    public IEnumerable<SamplingStep> Steps(
        INoisePredictor predictor,
        Tensor noise,
        Generator? generator = null
    ) => Sampling.Walk(Timesteps, noise, (x, t, s) => Next(predictor, x, t, s));

    public override string ToString() =>
        $"Heun: {Timesteps.Count - 1} steps, {Evaluations} evaluations";

    private SamplingStep Next(INoisePredictor predictor, Tensor x, int t, int s)
    {
        var (now, next) = (schedule.AlphaBar(t), schedule.AlphaBar(s));
        var step = Math.Sqrt((1 - next) / next) - Math.Sqrt((1 - now) / now);
        var direction = predictor.Predict(x, t);
        var clean = (x - Math.Sqrt(1 - now) * direction) / Math.Sqrt(now);
        var result = Math.Sqrt(next) * (x / Math.Sqrt(now) + step * direction);
        if (s > 0)
        {
            var there = predictor.Predict(result, s);
            result = Math.Sqrt(next) * (x / Math.Sqrt(now) + step * (direction + there) / 2);
        }
        return new SamplingStep(t, s, result, direction, clean);
    }
}
