#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// How far two sets of images are from each other, seen through a network's features: the Fréchet
/// distance between the Gaussians of the same means and covariances (Dowson and Landau 1982; Heusel
/// et al. 2017, eq. 6). 0 for the same; it knows nothing of what the Gaussians do not.
/// </summary>
/// <remarks>
/// |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 · (Σ₁^½ · Σ₂ · Σ₁^½)^½), in double. Two samples of one distribution are
/// not 0 apart, but the nearer the larger they are: a distance means something only beside that of
/// real images to real images, of the same counts, in the same features.
/// </remarks>
public static class FrechetDistance
{
    /// <param name="first">Features, <c>[N, D]</c>, N at least 2.</param>
    /// <param name="second"><c>[M, D]</c>, M at least 2.</param>
    /// <returns>0 or more, in squared units of the features.</returns>
    /// <exception cref="ArgumentException">The features do not fit each other, are too few, or not finite.</exception>
    public static double Between(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return Between(FeatureStatistics.Of(first), FeatureStatistics.Of(second));
    }

    /// <inheritdoc cref="Between(Tensor, Tensor)"/>
    public static double Between(FeatureStatistics first, FeatureStatistics second)
    {
        if (!first.Mean.shape.SequenceEqual(second.Mean.shape))
            throw new ArgumentException(
                $"Features of {first.Mean.shape[0]} and {second.Mean.shape[0]} numbers cannot be compared: take both from one network."
            );
        using var scope = NewDisposeScope();
        var apart = (first.Mean - second.Mean).pow(2).sum().item<double>();
        // The trace of (Σ₁Σ₂)^½ by way of a symmetric matrix of the same eigenvalues.
        var root = Root(first.Covariance);
        var product = root.matmul(second.Covariance).matmul(root);
        var shared = linalg.eigvalsh((product + product.t()) / 2).clamp(min: 0).sqrt().sum();
        var spread = first.Covariance.trace() + second.Covariance.trace();
        return Math.Max(0, apart + (spread - 2 * shared).item<double>());
    }

    /// <summary>How sure a distance is, by drawing the images again with replacement (Efron 1979).</summary>
    /// <param name="features">Of the images in question, <c>[N, D]</c>.</param>
    /// <param name="reference">What they are compared with.</param>
    /// <param name="resamples">How often; at least 2.</param>
    /// <param name="seed">Of the draws.</param>
    /// <returns>
    /// The distance and half of the width of a 95 % interval around it: 1.96 standard deviations
    /// over the resamples. Only their spread is used, since drawing again makes each distance larger.
    /// </returns>
    public static (double Distance, double HalfWidth) WithInterval(
        Tensor features,
        FeatureStatistics reference,
        int resamples = 50,
        long seed = 0
    )
    {
        if (resamples < 2)
            throw new ArgumentOutOfRangeException(
                nameof(resamples),
                resamples,
                $"A spread over {resamples} resamples cannot be taken: choose 2 or more."
            );
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var distances = Enumerable
            .Range(0, resamples)
            .Select(_ =>
            {
                using var inner = NewDisposeScope();
                var drawn = randint(
                    0,
                    features.shape[0],
                    [features.shape[0]],
                    dtype: ScalarType.Int64,
                    generator: generator
                );
                return Between(FeatureStatistics.Of(features.index_select(0, drawn)), reference);
            })
            .ToArray();
        var mean = distances.Average();
        var variance = distances.Sum(d => (d - mean) * (d - mean)) / (resamples - 1);
        return (Between(FeatureStatistics.Of(features), reference), 1.96 * Math.Sqrt(variance));
    }

    private static Tensor Root(Tensor symmetric)
    {
        var (values, vectors) = linalg.eigh(symmetric);
        return (vectors * values.clamp(min: 0).sqrt()).matmul(vectors.t());
    }
}

/// <summary>Mean and covariance of features.</summary>
/// <param name="Mean">float64 <c>[D]</c>.</param>
/// <param name="Covariance">float64 <c>[D, D]</c>, with N − 1 in the denominator.</param>
/// <param name="Count">N.</param>
public sealed record FeatureStatistics(Tensor Mean, Tensor Covariance, long Count)
{
    /// <param name="features"><c>[N, D]</c>, N at least 2.</param>
    /// <exception cref="ArgumentException">There are too few, or some are not finite.</exception>
    public static FeatureStatistics Of(Tensor features)
    {
        if (features.dim() != 2 || features.shape[0] < 2)
            throw new ArgumentException(
                $"Features must be of shape [N, D] with N at least 2, but are [{string.Join(", ", features.shape)}].",
                nameof(features)
            );
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var exact = features.to(ScalarType.Float64);
        if (!exact.isfinite().all().item<bool>())
            throw new ArgumentException(
                "Some features are not finite numbers: the images must be finite too.",
                nameof(features)
            );
        var mean = exact.mean([0]);
        var centred = exact - mean;
        var covariance = centred.t().matmul(centred) / (features.shape[0] - 1);
        return new FeatureStatistics(
            mean.MoveToOuterDisposeScope(),
            covariance.MoveToOuterDisposeScope(),
            features.shape[0]
        );
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"FeatureStatistics: {Mean.shape[0]} features of {Count:n0} images"
        );
}
