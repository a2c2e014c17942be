#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;

/// <summary>Lists of timesteps for a sampler: falling, and ending in 0.</summary>
public static class Spacing
{
    /// <summary>Every one: T, T − 1, …, 1, 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="total"/> is below 1.</exception>
    public static IReadOnlyList<int> All(int total) => Trailing(total, total);

    /// <summary>
    /// <paramref name="count"/> steps of even size that start at T itself, where the noise is
    /// ("trailing" spacing: Lin et al. 2024, table 2), then 0.
    /// </summary>
    /// <param name="total">T.</param>
    /// <param name="count">Steps, 1 … T.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> lies outside of 1 … T.</exception>
    public static IReadOnlyList<int> Trailing(int total, int count)
    {
        RequireCount(total, count);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    (int)
                        Math.Round(total - (double)i * total / count, MidpointRounding.AwayFromZero)
                ),
            0,
        ];
    }

    /// <summary>
    /// Steps of ⌊T/count⌋ from 1 upwards, so that the highest is below T: DDIM's own code, and
    /// the article's 981, 961, …, 1 ("leading" spacing: Lin et al. 2024, table 2). Sampling then starts
    /// with noise that is too much for its first timestep.
    /// </summary>
    /// <inheritdoc cref="Trailing"/>
    public static IReadOnlyList<int> Leading(int total, int count)
    {
        RequireCount(total, count);
        var stride = total / count;
        return [.. Enumerable.Range(0, count).Select(i => 1 + (count - 1 - i) * stride), 0];
    }

    /// <summary>Evenly from T to 1, both included, then 0 ("linspace" spacing: Lin et al. 2024, table 2).</summary>
    /// <inheritdoc cref="Trailing"/>
    public static IReadOnlyList<int> Linspace(int total, int count)
    {
        RequireCount(total, count);
        return Falling(
            Enumerable
                .Range(0, count)
                .Select(i => count == 1 ? total : total - i * (total - 1.0) / (count - 1))
        );
    }

    /// <summary>
    /// From T down as a power of an even list, so that there are more steps where there is little
    /// noise: with 1 it is <see cref="Trailing"/>, with 2 <see cref="Quadratic"/>. Where rounding makes
    /// two alike there is one.
    /// </summary>
    /// <param name="total">T.</param>
    /// <param name="count">Steps, 1 … T.</param>
    /// <param name="power">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> lies outside of 1 … T, or the power is below 1 or no number.</exception>
    public static IReadOnlyList<int> Power(int total, int count, double power)
    {
        RequireCount(total, count);
        if (!(power >= 1 && double.IsFinite(power)))
            throw new ArgumentOutOfRangeException(
                nameof(power),
                power,
                $"The power of the spacing is {power}: it must be a number of 1 (even steps) or more."
            );
        return power == 1
            ? Trailing(total, count)
            : Falling(
                Enumerable
                    .Range(0, count)
                    .Select(i => Math.Pow(1 - (double)i / count, power) * total)
            );
    }

    /// <summary><see cref="Power"/> with 2 (DDIM, appendix D.2).</summary>
    /// <inheritdoc cref="Trailing"/>
    public static IReadOnlyList<int> Quadratic(int total, int count) => Power(total, count, 2);

    /// <summary>Throws unless a sampler can walk along this list of a schedule with T steps.</summary>
    /// <exception cref="ArgumentException">The list is too short, not falling, out of range or does not end in 0.</exception>
    public static void Require(IReadOnlyList<int> timesteps, int total)
    {
        if (timesteps.Count < 2 || timesteps[^1] != 0)
            throw new ArgumentException(
                "A list of timesteps needs at least one timestep and must end in 0, the clean image.",
                nameof(timesteps)
            );
        if (timesteps[0] > total)
            throw new ArgumentException(
                $"The first timestep is {timesteps[0]}, but the schedule ends at {total}.",
                nameof(timesteps)
            );
        for (var i = 1; i < timesteps.Count; i++)
            if (timesteps[i] >= timesteps[i - 1])
                throw new ArgumentException(
                    $"Timesteps must fall, but {timesteps[i - 1]} is followed by {timesteps[i]} at position {i}.",
                    nameof(timesteps)
                );
    }

    private static IReadOnlyList<int> Falling(IEnumerable<double> timesteps) =>
        [
            .. timesteps
                .Select(t => Math.Max(1, (int)Math.Round(t, MidpointRounding.AwayFromZero)))
                .Distinct(),
            0,
        ];

    private static void RequireCount(int total, int count)
    {
        if (count < 1 || count > total)
            throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                $"{count} steps out of {total} are asked for: choose between 1 and {total}."
            );
    }
}
