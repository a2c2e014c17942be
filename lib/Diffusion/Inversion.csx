#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// DDIM backwards: from an image to the noise that DDIM makes this image of (Song et al. 2021, DDIM,
/// section 4.3).
/// </summary>
/// <remarks>
/// Each step of DDIM at η = 0 goes along x/√ᾱ in proportion to √((1 − ᾱ)/ᾱ); turned round it needs the
/// noise at its end, which is not known yet. The first guess is the noise at its start; looking again from
/// the end that follows (fixed-point iteration; Pan et al. 2023, AIDI) brings the way back nearer to the image.
/// </remarks>
public static class Inversion
{
    /// <param name="predictor">Asked 1 + <paramref name="looks"/> times a step.</param>
    /// <param name="schedule">The one that the network was trained with.</param>
    /// <param name="timesteps">As for the sampler that goes back: falling, ends in 0.</param>
    /// <param name="image">x₀, <c>[B, C, H, W]</c>, [−1, 1].</param>
    /// <param name="looks">How often each step is corrected; 0 for the first guess alone.</param>
    /// <returns>x at each timestep, from 0 upwards, the image itself included; the last is the noise.</returns>
    /// <exception cref="ArgumentException">The list of timesteps cannot be walked.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A negative number of looks.</exception>
    public static IReadOnlyList<Tensor> Run(
        INoisePredictor predictor,
        NoiseSchedule schedule,
        IReadOnlyList<int> timesteps,
        Tensor image,
        int looks = 0
    )
    {
        Spacing.Require(timesteps, schedule.Steps);
        if (looks < 0)
            throw new ArgumentOutOfRangeException(
                nameof(looks),
                looks,
                $"{looks} corrections a step cannot be made: choose 0 or more."
            );
        var states = new List<Tensor> { image.alias() };
        for (var i = timesteps.Count - 1; i > 0; i--)
        {
            Host.ThrowIfStopped();
            using var scope = NewDisposeScope();
            var (from, to) = (timesteps[i], timesteps[i - 1]);
            // The network was never shown t = 0; its neighbour is the nearest that it knows.
            var noise = predictor.Predict(states[^1], Math.Max(from, 1));
            var x = Step(schedule, states[^1], from, to, noise);
            for (var look = 0; look < looks; look++)
                x = Step(schedule, states[^1], from, to, predictor.Predict(x, to));
            states.Add(x.MoveToOuterDisposeScope());
        }
        return states;
    }

    /// <summary>x_to = √ᾱ_to · x̂₀ + √(1 − ᾱ_to) · ε, upwards as DDIM (eq. 12 at σ = 0) goes downwards.</summary>
    /// <param name="x">x at <paramref name="from"/>.</param>
    /// <param name="from">0 … T.</param>
    /// <param name="to">0 … T.</param>
    /// <param name="noise">ε.</param>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, int from, int to, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var next = schedule.AlphaBar(to);
        var clean = Predictions.ToClean(noise, x, schedule, from);
        return (Math.Sqrt(next) * clean + Math.Sqrt(1 - next) * noise).MoveToOuterDisposeScope();
    }
}
