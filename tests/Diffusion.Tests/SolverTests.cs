using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>
/// Solvers on a problem whose solution is a formula: a single Gaussian, whose points all move along
/// x_t = √ᾱ_t · m + √(ᾱ_t · c² + 1 − ᾱ_t) · z, with z fixed.
/// </summary>
public sealed class SolverTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();
    private const double Centre = 0.7;
    private const double Deviation = 0.3;
    private const int Last = 100; // measured here, where the curve is still smooth

    public static TheoryData<string, double, double> Orders =>
        new()
        {
            { "ddim", 0.85, 1.25 },
            { "dpm", 1.8, 2.6 },
            { "heun", 1.8, 2.6 },
            { "unipc", 2.7, 4.2 },
        };

    [Theory]
    [MemberData(nameof(Orders))]
    public void Errors_fall_with_the_order_of_the_solver(string solver, double low, double high)
    {
        using var scope = NewDisposeScope();
        int[] counts = [20, 40, 80];
        var errors = counts.Select(n => ErrorAt(solver, n)).ToArray();
        // The slope in a plot of logarithms, from the coarsest to the finest.
        var slope = Math.Log(errors[0] / errors[^1]) / Math.Log((double)counts[^1] / counts[0]);
        Assert.True(
            slope >= low && slope <= high,
            $"{solver}: slope {slope:f2}, errors {string.Join(", ", errors.Select(e => e.ToString("g3")))}"
        );
    }

    [Fact]
    public void With_as_many_evaluations_second_order_is_nearer_to_the_truth()
    {
        using var scope = NewDisposeScope();
        var (ddim, dpm, heun) = (ErrorAt("ddim", 60), ErrorAt("dpm", 60), ErrorAt("heun", 30));
        Assert.True(dpm < ddim / 3 && heun < ddim / 2, $"{ddim:g3}, {dpm:g3}, {heun:g3}");
    }

    /// <summary>From one step to the next the predicted image is all that counts: both are DDIM there.</summary>
    [Fact]
    public void A_single_step_of_the_solver_is_one_of_ddim()
    {
        using var scope = NewDisposeScope();
        var world = World();
        var x = randn([5, 1], dtype: ScalarType.Float64);
        int[] timesteps = [900, 0];
        var expected = new Sampler(Schedule, timesteps, eta: 0).Steps(world, x).Single().X;
        Reference.Close(
            expected.Values(),
            new DpmSolver(Schedule, timesteps).Steps(world, x).Single().X.Values(),
            1e-9
        );
        Reference.Close(
            expected.Values(),
            new Heun(Schedule, timesteps).Steps(world, x).Single().X.Values(),
            1e-9
        );
        Reference.Close(
            expected.Values(),
            new UniPc(Schedule, timesteps).Steps(world, x).Single().X.Values(),
            1e-9
        );
    }

    [Fact]
    public void Evaluations_are_counted()
    {
        var counted = new Counting(World());
        foreach (
            var sampler in new ISampler[]
            {
                Sampler.Strided(Schedule, 7),
                new DpmSolver(Schedule, Spacing.Trailing(1000, 7)),
                new UniPc(Schedule, Spacing.Trailing(1000, 7)),
                new Heun(Schedule, Spacing.Trailing(1000, 7)),
            }
        )
        {
            counted.Calls = 0;
            using var scope = NewDisposeScope();
            foreach (var _ in sampler.Steps(counted, randn([2, 1], dtype: ScalarType.Float64))) { }
            Assert.Equal(sampler.Evaluations, counted.Calls);
        }
    }

    /// <summary>Only the step that ends in the clean image looks once.</summary>
    [Fact]
    public void Heun_looks_twice_but_at_the_end() =>
        Assert.Equal(2 + 2 + 1, new Heun(Schedule, [20, 5, 1, 0]).Evaluations);

    [Fact]
    public void Lists_that_cannot_be_walked_are_refused()
    {
        foreach (
            var list in new int[][] { [], [0], [10], [10, 5], [5, 10, 0], [5, 5, 0], [1001, 0] }
        )
        {
            Assert.Throws<ArgumentException>(() => new Heun(Schedule, list));
            Assert.Throws<ArgumentException>(() => new DpmSolver(Schedule, list));
            Assert.Throws<ArgumentException>(() => new UniPc(Schedule, list));
            Assert.Throws<ArgumentException>(() => new Sampler(Schedule, list, 0));
        }
    }

    [Fact]
    public void Clipped_solvers_think_of_images_between_minus_one_and_one()
    {
        using var scope = NewDisposeScope();
        var x = tensor(
            new double[,]
            {
                { -90 },
                { 0.1 },
                { 90 },
            }
        );
        double[] bounds = [-1, 1];
        foreach (
            var sampler in new ISampler[]
            {
                new DpmSolver(Schedule, [400, 200, 50, 0], clip: true),
                new UniPc(Schedule, [400, 200, 50, 0], clip: true),
                new Heun(Schedule, [400, 200, 50, 0], clip: true),
                new Sampler(Schedule, [400, 200, 50, 0], 0, clip: true),
            }
        )
        {
            var steps = sampler.Steps(World(), x).ToArray();
            Assert.All(
                steps,
                s => Assert.All(s.PredictedClean.Values(), v => Assert.InRange(v, -1, 1))
            );
            // The far ones reach the bounds, at both ends.
            var first = steps[0].PredictedClean.Values();
            Assert.Equal(bounds, new[] { first[0], first[2] });
            Reference.Close(
                World().Predict(x, 400).Values(),
                steps[0].PredictedNoise.Values(),
                1e-12
            );
            // The direction is that of the clipped image: x̂₀ and the noise stay one pair (DDPM, equation 4).
            if (sampler is Heun)
                continue;
            var (now, next) = (Schedule.AlphaBar(400), Schedule.AlphaBar(200));
            var clean = steps[0].PredictedClean;
            var direction = (x - Math.Sqrt(now) * clean) / Math.Sqrt(1 - now);
            Reference.Close(
                (Math.Sqrt(next) * clean + Math.Sqrt(1 - next) * direction).Values(),
                steps[0].X.Values(),
                1e-10
            );
        }
    }

    /// <summary>
    /// Lu et al. 2022, algorithm 2, in its own letters: x̃ = σ_t/σ_s·x̃ − α_t·(e^(−h) − 1)·D, where D
    /// is drawn through two predictions; the first step has one only, and so has the last, which goes to the image itself.
    /// </summary>
    [Theory]
    [InlineData(1000, 700, 400, 150, 0)]
    [InlineData(1000, 900, 300, 1, 0)]
    [InlineData(3, 2, 1, 0)]
    public void The_solver_of_second_order_is_the_papers_algorithm(params int[] times)
    {
        using var scope = NewDisposeScope();
        var world = World();
        var start = tensor(
            new double[,]
            {
                { -1.3 },
                { 0.2 },
                { 1.7 },
            }
        );
        double Alpha(int t) => Math.Sqrt(Schedule.AlphaBar(t));
        double Sigma(int t) => Math.Sqrt(1 - Schedule.AlphaBar(t));
        double Lambda(int t) => Math.Log(Alpha(t)) - Math.Log(Sigma(t));
        Tensor Clean(Tensor x, int t) => (x - Sigma(t) * world.Predict(x, t)) / Alpha(t);

        var (x, before) = (start, start);
        for (var i = 1; i < times.Length; i++)
        {
            var (s, t) = (times[i - 1], times[i]);
            var now = Clean(x, s);
            if (t == 0)
            {
                x = now;
                break;
            }
            var h = Lambda(t) - Lambda(s);
            var d = now;
            if (i > 1)
            {
                var r = (Lambda(s) - Lambda(times[i - 2])) / h;
                d = (1 + 1 / (2 * r)) * now - 1 / (2 * r) * before;
            }
            x = Sigma(t) / Sigma(s) * x - Alpha(t) * (Math.Exp(-h) - 1) * d;
            before = now;
        }
        var solved = new DpmSolver(Schedule, times).Steps(world, start).Last().X;
        Reference.Close(x.Values(), solved.Values(), 1e-9);
    }

    [Fact]
    public void Tensors_of_a_walk_that_was_left_are_let_go()
    {
        using var noise = randn([2, 1], dtype: ScalarType.Float64);
        var world = World();
        foreach (
            var sampler in new ISampler[]
            {
                new DpmSolver(Schedule, Spacing.Trailing(1000, 50)),
                new UniPc(Schedule, Spacing.Trailing(1000, 50)),
                new Heun(Schedule, Spacing.Trailing(1000, 50)),
                Sampler.Strided(Schedule, 50),
            }
        )
        {
            var before = LiveTensors.Count();
            using var scope = NewDisposeScope();
            foreach (var step in sampler.Steps(world, noise).Take(5))
                step.Dispose();
            Assert.Equal(0, scope.DisposablesCount);
            Assert.Equal(before, LiveTensors.Count());
        }
    }

    /// <summary>Nothing but trailing spacing ends in exactly count steps; the article's list is the leading one.</summary>
    [Fact]
    public void Spacings_are_those_of_the_literature()
    {
        Assert.Equal([981, 961, 941], Spacing.Leading(1000, 50).Take(3));
        Assert.Equal([21, 1, 0], Spacing.Leading(1000, 50).TakeLast(3));
        Assert.Equal([1000, 750, 500, 250, 0], Spacing.Trailing(1000, 4));
        Assert.Equal([1000, 667, 334, 1, 0], Spacing.Linspace(1000, 4));
        Assert.Equal([1000, 1, 0], Spacing.Linspace(1000, 2));
        Assert.Equal([1000, 0], Spacing.Linspace(1000, 1));
        Assert.Equal([1000, 563, 250, 63, 0], Spacing.Quadratic(1000, 4));
        // 1000 · (1 − i/4)^1.5: √0.75³ = 0.6495, √0.5³ = 0.3536, √0.25³ = 0.125.
        Assert.Equal([1000, 650, 354, 125, 0], Spacing.Power(1000, 4, 1.5));
        foreach (
            var spacing in new Func<int, int, IReadOnlyList<int>>[]
            {
                Spacing.Leading,
                Spacing.Linspace,
                Spacing.Quadratic,
                (total, count) => Spacing.Power(total, count, 1.5),
            }
        )
        foreach (var count in new[] { 1, 2, 10, 333, 1000 })
        {
            Spacing.Require(spacing(1000, count), 1000);
            Assert.Throws<ArgumentOutOfRangeException>(() => spacing(1000, 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => spacing(1000, 1001));
            Assert.Equal(Spacing.Trailing(1000, count), Spacing.Power(1000, count, 1));
        }
        foreach (var power in new[] { 0.9, 0, -1, double.NaN, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(() => Spacing.Power(1000, 10, power));
    }

    private static GaussianMixture World() =>
        new(full([1, 1], Centre, dtype: ScalarType.Float64), Deviation, Schedule);

    private static double ErrorAt(string solver, int count)
    {
        // Even steps from T to Last, the same for all, then one to 0 that is not looked at.
        int[] timesteps =
        [
            .. Enumerable
                .Range(0, count + 1)
                .Select(i => (int)Math.Round(1000 - (1000.0 - Last) * i / count)),
            0,
        ];
        ISampler sampler = solver switch
        {
            "ddim" => new Sampler(Schedule, timesteps, eta: 0),
            "dpm" => new DpmSolver(Schedule, timesteps),
            "unipc" => new UniPc(Schedule, timesteps),
            _ => new Heun(Schedule, timesteps),
        };
        var z = linspace(-2, 2, 9, dtype: ScalarType.Float64).unsqueeze(1);
        Tensor Truth(int t)
        {
            var alphaBar = Schedule.AlphaBar(t);
            return Math.Sqrt(alphaBar) * Centre
                + Math.Sqrt(alphaBar * Deviation * Deviation + 1 - alphaBar) * z;
        }
        var x = sampler.Steps(World(), Truth(1000)).First(s => s.To == Last).X;
        return (x - Truth(Last)).abs().max().item<double>();
    }

    private sealed class Counting(INoisePredictor inner) : INoisePredictor
    {
        public int Calls { get; set; }

        public Tensor Predict(Tensor x, int t)
        {
            Calls++;
            return inner.Predict(x, t);
        }
    }
}
