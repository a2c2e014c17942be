#nullable enable
using System;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Guidance at some timesteps only: where there is much noise it makes all pictures of a class alike,
/// where there is little it is hardly needed (Kynkäänniemi et al. 2024, Guidance in a Limited Interval).
/// </summary>
public sealed class GuidanceInterval : INoisePredictor
{
    private readonly INoisePredictor guided;
    private readonly INoisePredictor plain;
    private readonly int low;
    private readonly int high;

    /// <param name="guided">Asked at timesteps low … high.</param>
    /// <param name="plain">Asked at all others.</param>
    /// <param name="low">0 or more.</param>
    /// <param name="high"><paramref name="low"/> or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is empty or starts below 0.</exception>
    public GuidanceInterval(INoisePredictor guided, INoisePredictor plain, int low, int high)
    {
        if (low < 0 || high < low)
            throw new ArgumentOutOfRangeException(
                nameof(low),
                low,
                $"Guidance from timestep {low} to {high} is asked for: the first must be 0 or more, the second not below it."
            );
        (this.guided, this.plain, this.low, this.high) = (guided, plain, low, high);
    }

    public Tensor Predict(Tensor x, int t) =>
        t >= low && t <= high ? guided.Predict(x, t) : plain.Predict(x, t);
}
