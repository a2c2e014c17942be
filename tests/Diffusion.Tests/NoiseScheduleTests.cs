using System;
using System.Linq;
using CsCheck;
using Xunit;

namespace Diffusion.Tests;

public sealed class NoiseScheduleTests
{
    private static readonly NoiseSchedule Linear = NoiseSchedule.Linear();

    [Fact]
    public void Linear_schedule_is_the_reference_in_double()
    {
        var indices = Reference
            .At("schedule", "index0")
            .EnumerateArray()
            .Select(e => e.GetInt32() + 1)
            .ToArray();
        RelativelyClose(
            Reference.At("schedule", "betas_sqr_f64").Numbers(),
            indices.Select(Linear.Beta).ToArray()
        );
        RelativelyClose(
            Reference.At("schedule", "a_sqr_bar_f64 (cumprod)").Numbers(),
            indices.Select(Linear.AlphaBar).ToArray()
        );
    }

    [Fact]
    public void Ends_are_those_of_the_paper()
    {
        Assert.Equal(1e-4, Linear.Beta(1));
        Assert.Equal(0.02, Linear.Beta(1000), 15);
        Assert.Equal(1, Linear.AlphaBar(0));
        Assert.Equal(0.00635, Math.Sqrt(Linear.AlphaBar(1000)), 5);
    }

    [Fact]
    public void Alpha_bar_of_any_schedule_is_the_product_of_its_alphas() =>
        Gen.Double[1e-5, 0.5]
            .Array[1, 50]
            .Sample(betas =>
            {
                var schedule = new NoiseSchedule(betas);
                var product = 1.0;
                for (var t = 1; t <= betas.Length; t++)
                {
                    product *= 1 - betas[t - 1];
                    Assert.Equal(product, schedule.AlphaBar(t), 1e-14 * product);
                    Assert.True(schedule.AlphaBar(t) < schedule.AlphaBar(t - 1));
                }
            });

    /// <summary>
    /// The variance of x_s given x_t and x₀ by the formula for products of Gaussians: precisions add,
    /// whatever lies between s and t.
    /// </summary>
    [Fact]
    public void Posterior_variance_is_that_of_two_gaussians_multiplied() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[0, 999])
            .Where((t, s) => s > 0 && s < t)
            .Sample(
                (t, s) =>
                {
                    var kept = Linear.AlphaBar(t) / Linear.AlphaBar(s);
                    var precision = kept / (1 - kept) + 1 / (1 - Linear.AlphaBar(s));
                    var expected = 1 / precision;
                    Assert.Equal(expected, Linear.PosteriorVariance(t, s), 1e-9 * expected);
                }
            );

    [Fact]
    public void Posterior_variance_is_the_reference()
    {
        Assert.Equal(
            Reference.At("steps", "ddpm_eta1_t500", "sigma2_correct").GetDouble(),
            Linear.PosteriorVariance(500, 499),
            1e-12
        );
        Assert.Equal(
            Reference.At("steps", "stride20_eta1.0_t981_to_961", "sigma2_correct").GetDouble(),
            Linear.PosteriorVariance(981, 961),
            1e-12
        );
        Assert.Equal(0, Linear.PosteriorVariance(1, 0));
    }

    /// <summary>Nichol and Dhariwal define ᾱ itself; where β is not capped the product must give it back.</summary>
    [Fact]
    public void Cosine_schedule_follows_its_definition()
    {
        var schedule = NoiseSchedule.Cosine();
        double F(double u) => Math.Pow(Math.Cos((u + 0.008) / 1.008 * Math.PI / 2), 2);
        foreach (var t in new[] { 1, 10, 250, 500, 900, 990 })
            Assert.Equal(F(t / 1000.0) / F(0), schedule.AlphaBar(t), 12);
        Assert.Equal(0.999, schedule.Beta(1000));
    }

    [Fact]
    public void Signal_to_noise_falls_all_the_way()
    {
        Assert.Equal(double.PositiveInfinity, Linear.SignalToNoise(0));
        for (var t = 1; t <= 1000; t++)
            Assert.True(Linear.SignalToNoise(t) < Linear.SignalToNoise(t - 1));
    }

    [Fact]
    public void Bad_input_is_refused_with_a_sentence()
    {
        Assert.Throws<ArgumentException>(() => new NoiseSchedule());
        foreach (
            var make in new Func<int, NoiseSchedule>[]
            {
                n => NoiseSchedule.Linear(n),
                n => NoiseSchedule.Cosine(n),
            }
        )
        {
            foreach (var steps in new[] { 0, -1 })
                Assert.Contains(
                    $"of {steps} steps is asked for: it needs at least one",
                    Assert.Throws<ArgumentException>(() => make(steps)).Message
                );
            Assert.Equal(1, make(1).Steps);
        }
        foreach (var offset in new[] { -1, double.NaN, double.PositiveInfinity })
            Assert.Contains(
                "offset",
                Assert.Throws<ArgumentException>(() => NoiseSchedule.Cosine(10, offset)).Message
            );
        Assert.Equal(10, NoiseSchedule.Cosine(10, 0).Steps);
        Assert.Equal(0.02, NoiseSchedule.Linear(2).Beta(2), 1e-15);
        Assert.Throws<ArgumentException>(() => new NoiseSchedule(0, 0.5));
        // 1 may stand at the very end, and nowhere else: see WithZeroTerminalSnr.
        Assert.Throws<ArgumentException>(() => new NoiseSchedule(1, 0.5));
        foreach (var beta in new[] { 0, 1.1, -0.1, double.NaN, double.PositiveInfinity })
            Assert.Contains(
                "Beta 2 of 2",
                Assert.Throws<ArgumentException>(() => new NoiseSchedule(0.5, beta)).Message
            );
        Assert.Throws<ArgumentOutOfRangeException>(() => Linear.Beta(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Linear.Beta(1001));
        Assert.Throws<ArgumentOutOfRangeException>(() => Linear.AlphaBar(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Linear.PosteriorVariance(5, 5));
    }

    private static void RelativelyClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-12 * expected[i]);
    }
}
