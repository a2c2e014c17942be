using System;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>Against the closed form for Gaussians whose means and covariances are known.</summary>
public sealed class FrechetDistanceTests
{
    private static FeatureStatistics Gaussian(Tensor mean, Tensor covariance) =>
        new(mean.to(ScalarType.Float64), covariance.to(ScalarType.Float64), 1000);

    [Fact]
    public void Of_independent_features_it_is_the_sum_of_squared_differences()
    {
        using var scope = NewDisposeScope();
        // For diagonal covariances: Σ (μ₁ − μ₂)² + (σ₁ − σ₂)².
        double[] m1 = [0, 1, -2],
            m2 = [3, 1, 0.5],
            s1 = [1, 2, 0.5],
            s2 = [2, 0.1, 0];
        FeatureStatistics Of(double[] means, double[] deviations) =>
            Gaussian(tensor(means), diag(tensor(deviations.Select(s => s * s).ToArray())));
        var expected =
            m1.Zip(m2, (a, b) => (a - b) * (a - b)).Sum()
            + s1.Zip(s2, (a, b) => (a - b) * (a - b)).Sum();
        Assert.Equal(expected, FrechetDistance.Between(Of(m1, s1), Of(m2, s2)), 1e-9);
        Assert.Equal(expected, FrechetDistance.Between(Of(m2, s2), Of(m1, s1)), 1e-9);
        Assert.Equal(0, FrechetDistance.Between(Of(m1, s1), Of(m1, s1)), 1e-9);
    }

    /// <summary>
    /// In two dimensions tr(A^½) = √(tr A + 2·√det A), so nothing needs to be diagonalised.
    /// </summary>
    [Fact]
    public void Of_two_correlated_features_it_is_the_formula_by_trace_and_determinant()
    {
        using var scope = NewDisposeScope();
        var a = tensor(
            new double[,]
            {
                { 2, 0.9 },
                { 0.9, 1 },
            }
        );
        var b = tensor(
            new double[,]
            {
                { 1, -0.7 },
                { -0.7, 3 },
            }
        );
        var product = a.matmul(b);
        var root = Math.Sqrt(
            product.trace().item<double>() + 2 * Math.Sqrt(linalg.det(product).item<double>())
        );
        var expected = 25 + a.trace().item<double>() + b.trace().item<double>() - 2 * root;
        Assert.Equal(
            expected,
            FrechetDistance.Between(
                Gaussian(tensor(new double[] { 3, 0 }), a),
                Gaussian(tensor(new double[] { 0, 4 }), b)
            ),
            1e-9
        );
    }

    [Fact]
    public void Of_samples_it_nears_that_of_their_distributions()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor Draw(double mean, double deviation) =>
            randn(40_000, 4, generator: generator) * deviation + mean;
        var far = FrechetDistance.Between(Draw(0, 1), Draw(0.5, 2));
        Assert.Equal(4 * (0.25 + 1), far, 0.15);
        var (few, many) = (
            FrechetDistance.Between(Draw(0, 1)[..200], Draw(0, 1)[..200]),
            FrechetDistance.Between(Draw(0, 1), Draw(0, 1))
        );
        // Samples of one distribution are not 0 apart, and less the larger they are.
        Assert.InRange(many, 1e-6, 0.002);
        Assert.True(few > 20 * many, $"{few} and {many}");
    }

    /// <summary>Fewer features than images make a covariance that cannot be inverted: still a distance.</summary>
    [Fact]
    public void Few_images_and_many_features_still_have_a_distance()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var some = randn(20, 64, generator: generator);
        Assert.Equal(0, FrechetDistance.Between(some, some), 1e-4);
        Assert.Equal(64 * 9, FrechetDistance.Between(some, some + 3), 1e-2);
    }

    [Fact]
    public void The_interval_holds_the_spread_over_new_samples()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var reference = FeatureStatistics.Of(randn(20_000, 3, generator: generator));
        Tensor Draw() => randn(500, 3, generator: generator) * 1.3 + 0.2;
        var (distance, half) = FrechetDistance.WithInterval(Draw(), reference, 200);
        var others = Enumerable
            .Range(0, 200)
            .Select(_ => FrechetDistance.Between(FeatureStatistics.Of(Draw()), reference))
            .ToArray();
        var mean = others.Average();
        var truth = 1.96 * Math.Sqrt(others.Average(d => (d - mean) * (d - mean)));
        Assert.InRange(half, 0.7 * truth, 1.4 * truth);
        Assert.InRange(distance, others.Min(), others.Max());
    }

    /// <summary>With two resamples the interval can be written down: the same images drawn by hand.</summary>
    [Fact]
    public void The_interval_is_that_of_the_images_drawn_again()
    {
        using var scope = NewDisposeScope();
        var features = randn(7, 2, generator: new Generator(3));
        var reference = FeatureStatistics.Of(randn(50, 2, generator: new Generator(4)));
        using var generator = new Generator(5);
        double Again() =>
            FrechetDistance.Between(
                FeatureStatistics.Of(
                    features.index_select(
                        0,
                        randint(0, 7, [7], dtype: ScalarType.Int64, generator: generator)
                    )
                ),
                reference
            );
        var (first, second) = (Again(), Again());
        var (_, half) = FrechetDistance.WithInterval(features, reference, 2, seed: 5);
        Assert.Equal(1.96 * Math.Abs(first - second) / Math.Sqrt(2), half, 1e-12);
    }

    [Fact]
    public void Two_images_have_statistics()
    {
        using var scope = NewDisposeScope();
        double[] mean = [2, 1, 6];
        double[] covariance = [2, 0, 4, 0, 0, 0, 4, 0, 8];
        float[,] two =
        {
            { 1, 1, 4 },
            { 3, 1, 8 },
        };
        var statistics = FeatureStatistics.Of(tensor(two));
        Assert.Equal(mean, statistics.Mean.Values());
        Assert.Equal(covariance, statistics.Covariance.Values());
        Assert.Equal(2, statistics.Count);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => FrechetDistance.Between(ones(1, 3), ones(5, 3)));
        Assert.Throws<ArgumentException>(() => FrechetDistance.Between(rand(5, 3), rand(5, 4)));
        Assert.Throws<ArgumentException>(() => FrechetDistance.Between(rand(5), rand(5)));
        Assert.Throws<ArgumentException>(() =>
            FrechetDistance.Between(rand(5, 3), full([5, 3], double.NaN))
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            FrechetDistance.WithInterval(rand(5, 3), FeatureStatistics.Of(rand(5, 3)), 1)
        );
    }

    /// <summary>Every image may be drawn again, the first one too: where only that one differs, only that moves the distance.</summary>
    [Fact]
    public void The_interval_comes_from_all_images()
    {
        using var scope = NewDisposeScope();
        var reference = new FeatureStatistics(
            zeros(1, dtype: ScalarType.Float64),
            zeros([1, 1], dtype: ScalarType.Float64),
            10
        );
        var features = zeros(10, 1);
        Assert.Equal(0, FrechetDistance.WithInterval(features, reference).HalfWidth, 1e-12);
        features[0, 0] = 5;
        Assert.True(FrechetDistance.WithInterval(features, reference).HalfWidth > 0.1);
    }
}
