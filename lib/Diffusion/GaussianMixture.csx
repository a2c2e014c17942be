#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// A toy world whose every formula is known: points around a few centres. Its noise at any time is
/// computed instead of learnt, so samplers can be compared with the truth.
/// </summary>
/// <remarks>
/// p(x₀) = 1/K · Σ N(m_k, c² · I). Noised to t, each bell is N(√ᾱ · m_k, (ᾱ · c² + 1 − ᾱ) · I), so density and
/// score are known (Song and Ermon 2019 for the score; Bishop 2006, section 2.3 for the rest).
/// </remarks>
public sealed class GaussianMixture : INoisePredictor
{
    private readonly Tensor centres;
    private readonly double deviation;
    private readonly NoiseSchedule schedule;

    /// <param name="centres">m, <c>[K, D]</c>.</param>
    /// <param name="deviation">c, above 0: the same for all, in all directions.</param>
    /// <param name="schedule">How the noise grows.</param>
    /// <exception cref="ArgumentException">There are no centres, or the deviation is not above 0.</exception>
    public GaussianMixture(Tensor centres, double deviation, NoiseSchedule schedule)
    {
        if (centres.dim() != 2 || centres.numel() == 0 || !(deviation > 0))
            throw new ArgumentException(
                $"A mixture needs centres of shape [K, D] and a deviation above 0, but got [{string.Join(", ", centres.shape)}] and {deviation}."
            );
        this.centres = centres.to(ScalarType.Float64, copy: true).DetachFromDisposeScope();
        (this.deviation, this.schedule) = (deviation, schedule);
    }

    /// <summary>Points as they are, without noise.</summary>
    /// <returns>float64 <c>[count, D]</c>.</returns>
    public Tensor Sample(int count, Generator generator)
    {
        using var scope = NewDisposeScope();
        var which = randint(
            0,
            centres.shape[0],
            [count],
            dtype: ScalarType.Int64,
            generator: generator
        );
        var spread = randn(
            [count, centres.shape[1]],
            dtype: ScalarType.Float64,
            generator: generator
        );
        return (centres.index_select(0, which) + deviation * spread).MoveToOuterDisposeScope();
    }

    /// <summary>ln p(x_t).</summary>
    /// <param name="x">Points, <c>[N, D]</c>.</param>
    /// <param name="t">0 … T.</param>
    /// <returns>float64 <c>[N]</c>.</returns>
    public Tensor LogDensity(Tensor x, int t)
    {
        using var scope = NewDisposeScope();
        var d = centres.shape[1];
        var log = LogWeights(x, t).logsumexp(1) - d / 2.0 * Math.Log(2 * Math.PI * Variance(t));
        return (log - Math.Log(centres.shape[0])).MoveToOuterDisposeScope();
    }

    /// <summary>∇ ln p(x_t): where the points are denser.</summary>
    /// <returns>float64 <c>[N, D]</c>.</returns>
    /// <inheritdoc cref="LogDensity"/>
    public Tensor Score(Tensor x, int t)
    {
        using var scope = NewDisposeScope();
        // How much each bell has to say at x, [N, K].
        var shares = LogWeights(x, t).softmax(1);
        var centre = shares.matmul(centres) * Math.Sqrt(schedule.AlphaBar(t));
        return ((centre - x.to(ScalarType.Float64)) / Variance(t)).MoveToOuterDisposeScope();
    }

    /// <summary>ε = −√(1 − ᾱ_t) · ∇ ln p(x_t), exactly.</summary>
    /// <param name="x">Points, <c>[N, D]</c>.</param>
    /// <param name="t">0 … T.</param>
    /// <returns>Of x's shape and type.</returns>
    public Tensor Predict(Tensor x, int t)
    {
        using var scope = NewDisposeScope();
        return (-Math.Sqrt(1 - schedule.AlphaBar(t)) * Score(x, t))
            .to(x.dtype)
            .MoveToOuterDisposeScope();
    }

    private double Variance(int t)
    {
        var alphaBar = schedule.AlphaBar(t);
        return alphaBar * deviation * deviation + 1 - alphaBar;
    }

    /// <summary>Up to what all bells have in common, [N, K].</summary>
    private Tensor LogWeights(Tensor x, int t)
    {
        var apart =
            x.to(ScalarType.Float64).unsqueeze(1) - centres * Math.Sqrt(schedule.AlphaBar(t));
        return apart.pow(2).sum(2) / (-2 * Variance(t));
    }
}
