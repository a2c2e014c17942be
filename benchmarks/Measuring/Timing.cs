using System.Collections.Generic;
using System.Linq;

namespace Diffusion.Benchmarks.Measuring;

/// <summary>How long a work took in each round.</summary>
/// <param name="Work">What was measured.</param>
/// <param name="Seconds">Of one run, one value a round, at least one.</param>
internal sealed record Timing(Work Work, IReadOnlyList<double> Seconds)
{
    public double Fastest => Seconds.Min();

    public double Slowest => Seconds.Max();

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public double Median
    {
        get
        {
            var sorted = Seconds.Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }
}
