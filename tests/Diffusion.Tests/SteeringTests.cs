using System;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>Predictors around predictors, ways back to the noise, and ways between noises.</summary>
public sealed class SteeringTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();

    /// <summary>Score and density of the toy world against differences of the density.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(1000)]
    public void A_mixtures_score_is_the_slope_of_its_density(int t)
    {
        using var scope = NewDisposeScope();
        var world = new GaussianMixture(
            tensor(
                new double[,]
                {
                    { 1, 0 },
                    { -1, 0.5 },
                    { 0, -1 },
                }
            ),
            0.3,
            Schedule
        );
        var x = randn([20, 2], dtype: ScalarType.Float64);
        var score = world.Score(x, t);
        const double Small = 1e-5;
        foreach (var axis in new[] { 0, 1 })
        {
            var shift = zeros([1, 2], dtype: ScalarType.Float64);
            shift[0, axis] = Small;
            var slope =
                (world.LogDensity(x + shift, t) - world.LogDensity(x - shift, t)) / (2 * Small);
            Reference.Close(slope.Values(), score[.., axis].Values(), 1e-5);
        }
        // A density's integral is 1.
        var grid = linspace(-6, 6, 241, dtype: ScalarType.Float64);
        var points = cartesian_prod(grid, grid);
        var total = world.LogDensity(points, t).exp().sum().item<double>() * 0.05 * 0.05;
        Assert.Equal(1, total, 1e-3);
    }

    [Fact]
    public void A_classifiers_gradient_is_the_slope_of_its_logarithm()
    {
        using var scope = NewDisposeScope();
        using var classifier = new Classifier(steps: 1000, seed: 3);
        using var generator = new Generator(4);
        var x = randn(2, 1, 32, 32, generator: generator);
        var labels = tensor(new long[] { 2, 7 });
        var guidance = new ClassifierGuidance(new Silent(), classifier, Schedule, labels, scale: 2);
        var gradient = guidance.Gradient(x, 300);
        // Along the gradient the logarithm rises by its squared length.
        double Log(Tensor at)
        {
            using var none = no_grad();
            var said = classifier.call(at, full(2, 300L, dtype: ScalarType.Int64));
            return nn
                .functional.log_softmax(said, 1)
                .gather(1, labels.unsqueeze(1))
                .sum()
                .item<float>();
        }
        var length = gradient.pow(2).sum().item<float>();
        var step = 0.02 / Math.Sqrt(length);
        var slope = (Log(x + step * gradient) - Log(x - step * gradient)) / (2 * step);
        Assert.Equal(length, slope, 0.02 * length);
        // Dhariwal and Nichol 2021, algorithm 2.
        Reference.Close(
            (-2 * Math.Sqrt(1 - Schedule.AlphaBar(300)) * gradient).Values(),
            guidance.Predict(x, 300).Values(),
            1e-6
        );
        // The classifier's own weights were not touched.
        Assert.All(classifier.parameters(), p => Assert.Null(p.grad));
    }

    [Fact]
    public void Guidance_over_an_interval_is_guidance_inside_of_it()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, 1, 8, 8);
        var both = new GuidanceInterval(new Constant(2), new Constant(1), 100, 500);
        foreach (var (t, expected) in new[] { (99, 1f), (100, 2f), (500, 2f), (501, 1f) })
            Assert.Equal(expected, both.Predict(x, t).mean().item<float>());
        foreach (var (low, high) in new[] { (5, 4), (-1, 4) })
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                new GuidanceInterval(new Constant(1), new Constant(1), low, high)
            );
        // One timestep is an interval too, and 0 is a timestep.
        Assert.Equal(
            2f,
            new GuidanceInterval(new Constant(2), new Constant(1), 0, 0)
                .Predict(x, 0)
                .mean()
                .item<float>()
        );
    }

    [Fact]
    public void Rescaled_guidance_has_the_spread_of_the_conditional_prediction()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(
            new UNetConfig
            {
                Channels = [8, 16],
                NormGroups = 4,
                Classes = 11,
            }
        );
        var x = randn(3, 1, 32, 32);
        var labels = tensor(new long[] { 0, 4, 9 });
        Tensor Predict(double scale, double rescale) =>
            new ClassifierFreeGuidance(
                network,
                labels,
                10,
                scale,
                Precision.Float32,
                rescale: rescale
            ).Predict(x, 500);
        double[] Spread(Tensor predicted) => predicted.flatten(1).std(1).Values();
        Reference.Close(Spread(Predict(1, 0)), Spread(Predict(6, 1)), 1e-4);
        var (plain, half, whole) = (Predict(6, 0), Predict(6, 0.5), Predict(6, 1));
        Reference.Close(((plain + whole) / 2).Values(), half.Values(), 1e-5);
        Assert.True((plain - whole).abs().max().item<float>() > 1e-4);
    }

    /// <summary>Saharia et al. 2022: the quantile of the absolute values becomes 1, and nothing changes where it is below.</summary>
    [Fact]
    public void Thresholding_takes_the_quantile_to_one()
    {
        using var scope = NewDisposeScope();
        var alphaBar = Schedule.AlphaBar(400);
        var clean = linspace(-3, 3, 64).view(1, 1, 8, 8);
        var noise = randn(1, 1, 8, 8);
        Tensor Seen(Tensor image, double quantile)
        {
            var x = Math.Sqrt(alphaBar) * image + Math.Sqrt(1 - alphaBar) * noise;
            var predicted = new Thresholding(new Given(noise), Schedule, quantile).Predict(x, 400);
            return (x - Math.Sqrt(1 - alphaBar) * predicted) / Math.Sqrt(alphaBar);
        }
        var bound = clean.abs().flatten().quantile(tensor(0.9f)).item<float>();
        Reference.Close(
            (clean.clamp(-bound, bound) / bound).Values(),
            Seen(clean, 0.9).Values(),
            1e-4
        );
        Reference.Close((clean / 4).Values(), Seen(clean / 4, 0.9).Values(), 1e-4);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new Thresholding(new Silent(), Schedule, 0)
        );
    }

    /// <summary>In the toy world the way from points to noise and back is known to end where it began.</summary>
    [Fact]
    public void Inversion_leads_back_and_the_better_the_more_steps_or_looks()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var world = new GaussianMixture(
            tensor(
                new double[,]
                {
                    { 1, 0 },
                    { -1, 0.5 },
                }
            ),
            0.2,
            Schedule
        );
        var points = world.Sample(50, generator);
        double Error(int count, int looks)
        {
            var timesteps = Spacing.Trailing(1000, count);
            var noise = Inversion.Run(world, Schedule, timesteps, points, looks)[^1];
            var back = new Sampler(Schedule, timesteps, eta: 0).Steps(world, noise).Last().X;
            return (back - points).abs().mean().item<double>();
        }
        var (few, many) = (Error(25, 0), Error(200, 0));
        Assert.True(many < few / 3, $"{few} and {many}");
        Assert.True(Error(25, 5) < few / 10, $"{few} and {Error(25, 5)}");
        Assert.Equal(26, Inversion.Run(world, Schedule, Spacing.Trailing(1000, 25), points).Count);
    }

    [Fact]
    public void On_the_sphere_the_way_is_even_and_ends_where_it_should()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(2, 1, 16, 16), randn(2, 1, 16, 16));
        Reference.Close(a.Values(), Interpolation.Spherical(a, b, 0).Values(), 1e-5);
        Reference.Close(b.Values(), Interpolation.Spherical(a, b, 1).Values(), 1e-5);
        Reference.Close(a.Values(), Interpolation.Spherical(a, a, 0.3).Values(), 1e-5);
        double Length(Tensor x) => x[0].norm().item<float>();
        var (short_, long_) = (Math.Min(Length(a), Length(b)), Math.Max(Length(a), Length(b)));
        Assert.InRange(Length(Interpolation.Spherical(a, b, 0.5)), 0.97 * short_, 1.03 * long_);
        Assert.True(Length((a + b) / 2) < 0.85 * short_);
        Assert.Throws<ArgumentException>(() => Interpolation.Spherical(a, b[..1], 0.5));
        foreach (var share in new[] { -0.1, 1.1, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => Interpolation.Spherical(a, b, share));
        // Nothing, and what points exactly away, have no one way on the sphere; nearly away still has.
        foreach (var none in new[] { -a, zeros_like(a), -2 * a })
            Assert.Throws<ArgumentException>(() => Interpolation.Spherical(a, none, 0.5));
        Assert.True(Interpolation.Spherical(a, -a + 0.05 * b, 0.5).isfinite().all().item<bool>());
        // Rounding may find a cosine above 1 between a noise and itself.
        for (var seed = 0; seed < 50; seed++)
        {
            var same = randn(2, 1, 32, 32, generator: new Generator((ulong)seed));
            Reference.Close(
                same.Values(),
                Interpolation.Spherical(same, same * 1, 0.3).Values(),
                1e-5
            );
        }
    }

    /// <summary>Lin et al. 2024, algorithm 1: the end is 0, the start stays.</summary>
    [Fact]
    public void Zero_terminal_snr_leaves_nothing_at_the_end()
    {
        using var scope = NewDisposeScope();
        var shifted = Schedule.WithZeroTerminalSnr();
        Assert.Equal(0, shifted.AlphaBar(1000));
        Assert.Equal(Schedule.AlphaBar(1), shifted.AlphaBar(1), 1e-12);
        double Root(NoiseSchedule s, int t) => Math.Sqrt(s.AlphaBar(t));
        var factor = Root(Schedule, 1) / (Root(Schedule, 1) - Root(Schedule, 1000));
        Assert.Equal(
            (Root(Schedule, 500) - Root(Schedule, 1000)) * factor,
            Root(shifted, 500),
            1e-12
        );
        Assert.Contains(
            "Start at 999",
            Assert
                .Throws<ArgumentOutOfRangeException>(() =>
                    Sampler.Strided(shifted, 10).Sample(new Constant(0), [1, 1, 8, 8], 0)
                )
                .Message
        );
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using var scope = NewDisposeScope();
        using var clean = new Classifier();
        using var noisy = new Classifier(steps: 1000);
        var labels = tensor(new long[] { 1, 2 });
        Assert.Throws<ArgumentException>(() =>
            new ClassifierGuidance(new Silent(), clean, Schedule, labels, 1)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new ClassifierGuidance(new Silent(), noisy, Schedule, labels, -1)
        );
        Assert.Throws<ArgumentException>(() =>
            new ClassifierGuidance(new Silent(), noisy, Schedule, labels, 1).Gradient(
                zeros(3, 1, 32, 32),
                5
            )
        );
        Assert.Throws<ArgumentException>(() =>
            new ClassifierGuidance(new Silent(), noisy, Schedule, tensor(new long[] { 1, 10 }), 1)
        );
        noisy.train();
        _ = new ClassifierGuidance(new Silent(), noisy, Schedule, labels, 1);
        Assert.False(noisy.training); // batch statistics or dropout would make every gradient another one
        Assert.Throws<ArgumentException>(() => new GaussianMixture(zeros(0, 2), 1, Schedule));
        Assert.Throws<ArgumentException>(() => new GaussianMixture(zeros(1, 2), 0, Schedule));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Inversion.Run(new Silent(), Schedule, Spacing.All(1000), zeros(1, 1, 8, 8), -1)
        );
    }

    /// <summary>Without noise the points are the centres' own, in equal shares.</summary>
    [Fact]
    public void A_mixtures_points_come_from_all_of_its_centres()
    {
        using var scope = NewDisposeScope();
        var centres = tensor(
            new double[,]
            {
                { 1, 0 },
                { -1, 0.5 },
                { 0, -1 },
            }
        );
        var points = new GaussianMixture(centres, 0.01, Schedule).Sample(3000, new Generator(4));
        var nearest = cdist(points, centres).argmin(1).bincount(null).data<long>().ToArray();
        // Five standard deviations of a count of 3,000 · 1/3.
        Assert.All(nearest, n => Assert.InRange(n, 1000 - 130, 1000 + 130));
    }

    /// <summary>Where and how often the way up looks: once at the start of a step, never at t = 0, and then at its end as often as asked.</summary>
    [Theory]
    [InlineData(0, new[] { 1, 300 })]
    [InlineData(2, new[] { 1, 300, 300, 300, 700, 700 })]
    public void Inversion_asks_as_often_as_it_says(int looks, int[] asked)
    {
        using var scope = NewDisposeScope();
        var listening = new Listening();
        var states = Inversion.Run(listening, Schedule, [700, 300, 0], zeros(1, 1, 8, 8), looks);
        Assert.Equal(3, states.Count);
        Assert.Equal(asked, listening.Asked);
    }

    [Fact]
    public void Quantiles_and_lists_out_of_range_are_refused()
    {
        foreach (var quantile in new[] { 0, 1.01, -0.5, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                new Thresholding(new Silent(), Schedule, quantile)
            );
        _ = new Thresholding(new Silent(), Schedule, 1);
        foreach (var list in new int[][] { [], [0], [300, 700, 0], [700, 300], [1001, 0] })
            Assert.Throws<ArgumentException>(() =>
                Inversion.Run(new Silent(), Schedule, list, zeros(1, 1, 8, 8))
            );
    }

    private sealed class Listening : INoisePredictor
    {
        public System.Collections.Generic.List<int> Asked { get; } = [];

        public Tensor Predict(Tensor x, int t)
        {
            Asked.Add(t);
            return zeros_like(x);
        }
    }

    private sealed class Silent : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => zeros_like(x);
    }

    private sealed class Constant(float value) : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => full_like(x, value);
    }

    private sealed class Given(Tensor noise) : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => noise.alias();
    }
}
