#nullable enable
using System;
using System.Linq;

/// <summary>
/// How much noise each step of the forward process adds: β₁ … β_T and what follows from them.
/// </summary>
/// <remarks>
/// Everything is kept in <see cref="double"/>: 1 − ᾱ₁ = 1e-4, and float32 would already be off by
/// 2e-4 of it. β is a <em>variance</em> (Ho et al. 2020, DDPM, eq. 2), never a standard deviation.
/// A schedule does not change once it is made.
/// </remarks>
public sealed class NoiseSchedule
{
    // Index 0 is the clean image: it has no β, and its ᾱ is 1.
    private readonly double[] betas;
    private readonly double[] alphaBars;

    /// <param name="betas">β₁ … β_T, each in (0, 1), the last perhaps 1; at least one.</param>
    /// <exception cref="ArgumentException">There are none, or one is out of range.</exception>
    public NoiseSchedule(params double[] betas)
    {
        if (betas is null || betas.Length == 0)
            throw new ArgumentException("A schedule needs at least one beta.", nameof(betas));
        var bad = Array.FindIndex(betas, beta => !(beta > 0 && beta < 1));
        if (bad >= 0 && !(bad == betas.Length - 1 && betas[bad] == 1))
            throw new ArgumentException(
                $"Beta {bad + 1} of {betas.Length} is {betas[bad]}: each must lie between 0 and 1, both excluded.",
                nameof(betas)
            );

        this.betas = [0, .. betas];
        alphaBars = new double[this.betas.Length];
        alphaBars[0] = 1;
        for (var t = 1; t < alphaBars.Length; t++)
            alphaBars[t] = alphaBars[t - 1] * (1 - this.betas[t]);
    }

    /// <summary>T, the number of steps from the clean image to noise.</summary>
    public int Steps => betas.Length - 1;

    /// <summary>β rises in a straight line (Ho et al. 2020, section 4: 1e-4 to 0.02 over 1,000 steps).</summary>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="first">β₁, in (0, 1).</param>
    /// <param name="last">β_T, in (0, 1).</param>
    /// <exception cref="ArgumentException">A value is outside of its range.</exception>
    public static NoiseSchedule Linear(int steps = 1000, double first = 1e-4, double last = 0.02)
    {
        RequireSteps(steps);
        var rise = steps == 1 ? 0 : (last - first) / (steps - 1);
        return new NoiseSchedule(
            Enumerable.Range(0, steps).Select(i => first + i * rise).ToArray()
        );
    }

    /// <summary>
    /// ᾱ falls like a squared cosine, so that the image disappears more slowly
    /// (Nichol and Dhariwal 2021, Improved DDPM, eq. 17; β is capped at 0.999 as they do).
    /// </summary>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="offset">The paper's s, which keeps β₁ from being too small; at least 0.</param>
    /// <exception cref="ArgumentException">A value is outside of its range.</exception>
    public static NoiseSchedule Cosine(int steps = 1000, double offset = 0.008)
    {
        RequireSteps(steps);
        if (!(offset >= 0 && double.IsFinite(offset)))
            throw new ArgumentException(
                $"The cosine schedule's offset is {offset}: it must be 0 or more.",
                nameof(offset)
            );
        double F(int t) =>
            Math.Pow(Math.Cos(((double)t / steps + offset) / (1 + offset) * Math.PI / 2), 2);
        return new NoiseSchedule(
            Enumerable.Range(1, steps).Select(t => Math.Min(1 - F(t) / F(t - 1), 0.999)).ToArray()
        );
    }

    /// <summary>
    /// The same schedule with √ᾱ shifted and stretched so that it ends in 0 and starts where it did: at
    /// T nothing of the image is left (Lin et al. 2024, Common Diffusion Noise Schedules, algorithm 1).
    /// </summary>
    /// <remarks>A network that predicts noise can't start there, for at T the noise is all that there is.</remarks>
    public NoiseSchedule WithZeroTerminalSnr()
    {
        var roots = alphaBars.Skip(1).Select(Math.Sqrt).ToArray();
        var (first, last) = (roots[0], roots[^1]);
        var shifted = roots
            .Select(root => (root - last) * first / (first - last))
            .Select(root => root * root)
            .ToArray();
        return new NoiseSchedule(
            shifted.Select((now, i) => 1 - now / (i == 0 ? 1 : shifted[i - 1])).ToArray()
        );
    }

    /// <summary>β_t, the variance of the noise that step t adds; t = 1 … T.</summary>
    /// <exception cref="ArgumentOutOfRangeException">t lies outside of 1 … T.</exception>
    public double Beta(int t) => betas[Require(t, lowest: 1)];

    /// <summary>α_t = 1 − β_t, how much of the previous variance step t keeps; t = 1 … T.</summary>
    /// <exception cref="ArgumentOutOfRangeException">t lies outside of 1 … T.</exception>
    public double Alpha(int t) => 1 - Beta(t);

    /// <summary>ᾱ_t = α₁ · … · α_t, with ᾱ₀ = 1 (DDPM, eq. 4); t = 0 … T.</summary>
    /// <exception cref="ArgumentOutOfRangeException">t lies outside of 0 … T.</exception>
    public double AlphaBar(int t) => alphaBars[Require(t, lowest: 0)];

    /// <summary>
    /// ᾱ_t / (1 − ᾱ_t): how strong the image is against the noise at t = 0 … T (infinite at 0).
    /// A ratio of variances; Kingma et al. 2021, Variational Diffusion Models, section 3.1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">t lies outside of 0 … T.</exception>
    public double SignalToNoise(int t) => AlphaBar(t) / (1 - AlphaBar(t));

    /// <summary>
    /// The variance of x_s when x_t and x₀ are known:
    /// (1 − ᾱ_s)/(1 − ᾱ_t) · (1 − ᾱ_t/ᾱ_s), for 0 ≤ s &lt; t ≤ T.
    /// </summary>
    /// <remarks>
    /// With s = t − 1 this is β̃_t of DDPM, eq. 7; for any s it is σ² of DDIM (Song et al. 2021,
    /// eq. 16) at η = 1. It is 0 at s = 0: the last step adds no noise.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">t or s is out of range, or s is not below t.</exception>
    public double PosteriorVariance(int t, int s)
    {
        var (now, next) = (AlphaBar(t), AlphaBar(s));
        if (s >= t)
            throw new ArgumentOutOfRangeException(
                nameof(s),
                s,
                $"A step goes from t to a smaller s, but t is {t} and s is {s}."
            );
        return (1 - next) / (1 - now) * (1 - now / next);
    }

    public override string ToString() =>
        FormattableString.Invariant(
            $"NoiseSchedule: T = {Steps}, beta {Beta(1):g3} to {Beta(Steps):g3}, alpha-bar at T {AlphaBar(Steps):g3}"
        );

    private int Require(int t, int lowest) =>
        t >= lowest && t <= Steps
            ? t
            : throw new ArgumentOutOfRangeException(
                nameof(t),
                t,
                $"This schedule has timesteps {lowest} to {Steps}, and {t} is outside of them."
            );

    private static void RequireSteps(int steps)
    {
        if (steps < 1)
            throw new ArgumentException(
                $"A schedule of {steps} steps is asked for: it needs at least one.",
                nameof(steps)
            );
    }
}
