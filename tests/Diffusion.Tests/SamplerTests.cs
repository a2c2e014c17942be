using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class SamplerTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();
    private static readonly Tensor X = Reference.Wave(k => Math.Sin(0.11 * k), 1, 1, 4, 4);
    private static readonly Tensor Noise = Reference.Wave(k => Math.Cos(0.07 * k), 1, 1, 4, 4);
    private static readonly Tensor NewNoise = Reference.Wave(
        k => Math.Sin(0.05 * k + 1),
        1,
        1,
        4,
        4
    );

    [Theory]
    [InlineData("ddpm_eta1_t1", 1, 0, 1)]
    [InlineData("ddpm_eta1_t500", 500, 499, 1)]
    [InlineData("ddim_eta0_t1000", 1000, 999, 0)]
    [InlineData("stride20_eta1.0_t981_to_961", 981, 961, 1)]
    [InlineData("stride20_eta0.0_t981_to_961", 981, 961, 0)]
    public void A_step_is_the_reference(string name, int t, int s, double eta)
    {
        var sampler = new Sampler(Schedule, [t, .. s == 0 ? [] : new[] { s }, 0], eta);
        var step = sampler.Step(X, t, s, Noise, NewNoise);
        Reference.Close(
            Reference.At("steps", name, "correct_f64").Numbers(),
            step.X.Values(),
            1e-5
        );
        Assert.Equal(
            Reference.At("steps", name, "sigma2_correct").GetDouble(),
            Math.Pow(sampler.Sigma(t, s), 2),
            1e-12
        );
    }

    /// <summary>ERRATA 5: the article's single-step variance in a strided step gives other images.</summary>
    [Fact]
    public void A_strided_step_is_not_the_articles()
    {
        var step = new Sampler(Schedule, [981, 961, 0], 1).Step(X, 981, 961, Noise, NewNoise);
        var article = Reference.At("steps", "stride20_eta1.0_t981_to_961", "article_f32").Numbers();
        Assert.True(article.Zip(step.X.Values()).Max(p => Math.Abs(p.First - p.Second)) > 0.3);
    }

    /// <summary>At η = 1 the step is DDPM's (eq. 11): the mean by another formula, the variance β̃.</summary>
    [Fact]
    public void At_eta_one_a_step_is_that_of_ddpm() =>
        Gen.Int[1, 1000]
            .Sample(
                t =>
                {
                    using var scope = NewDisposeScope();
                    var (alpha, bar) = (Schedule.Alpha(t), Schedule.AlphaBar(t));
                    var mean = (X - (1 - alpha) / Math.Sqrt(1 - bar) * Noise) / Math.Sqrt(alpha);
                    var deviation = Math.Sqrt(Schedule.PosteriorVariance(t, t - 1));
                    var step = Sampler.Ddpm(Schedule).Step(X, t, t - 1, Noise, NewNoise);
                    Reference.Close((mean + deviation * NewNoise).Values(), step.X.Values(), 1e-5);
                },
                iter: 100,
                threads: 1
            );

    /// <summary>DDPM's own form of clipping: the posterior mean (eq. 7) of the clipped image.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(500)]
    [InlineData(2)]
    public void Clipping_is_the_posterior_mean_of_the_clipped_image(int t)
    {
        var noise = Noise * 0.1; // so that some of the implied image lies outside of [−1, 1]
        var (bar, before) = (Schedule.AlphaBar(t), Schedule.AlphaBar(t - 1));
        var clean = ((X * 3 - Math.Sqrt(1 - bar) * noise) / Math.Sqrt(bar)).clamp(-1, 1);
        var mean =
            Math.Sqrt(before) * Schedule.Beta(t) / (1 - bar) * clean
            + Math.Sqrt(Schedule.Alpha(t)) * (1 - before) / (1 - bar) * (X * 3);
        var step = Sampler.Ddpm(Schedule, clip: true).Step(X * 3, t, t - 1, noise, zeros_like(X));
        Reference.Close(mean.Values(), step.X.Values(), 1e-5);
        Assert.Equal(clean.Values(), step.PredictedClean.Values());
    }

    /// <summary>ERRATA 6: η scales the standard deviation, so the variance goes with its square.</summary>
    [Fact]
    public void Eta_scales_the_standard_deviation()
    {
        double Variance(double eta) =>
            Math.Pow(new Sampler(Schedule, [500, 400, 0], eta).Sigma(500, 400), 2);
        Assert.Equal(0.25 * Variance(1), Variance(0.5), 1e-15);
        Assert.Equal(0, Variance(0));
    }

    /// <summary>
    /// With a predictor that knows the one image there is, every sampler must end at that image.
    /// </summary>
    [Theory]
    [InlineData(1000, 1)]
    [InlineData(50, 0)]
    [InlineData(7, 0.3)]
    [InlineData(1, 1)]
    public void Finds_the_image_of_a_perfect_predictor(int steps, double eta)
    {
        using var generator = new Generator(1);
        var image = rand(1, 1, 4, 4, generator: generator) * 2 - 1;
        var result = Sampler
            .Strided(Schedule, steps, eta)
            .Sample(new OneImage(image), [2, 1, 4, 4], seed: 5);
        Reference.Close(cat([image, image]).Values(), result.Values(), 2e-3);
    }

    [Fact]
    public void A_progress_bar_changes_no_image()
    {
        Tensor Draw(string? progress) =>
            Sampler
                .Strided(Schedule, 7, eta: 1)
                .Sample(new OneImage(zeros(1, 1, 4, 4)), [2, 1, 4, 4], seed: 5, progress);
        Assert.Equal(Draw(null).Values(), Draw("Drawing").Values());
    }

    /// <summary>
    /// A whole chain against its closed form: where the data are Gaussian, the best predictor is a
    /// formula, and the samples must have the data's mean and variance.
    /// </summary>
    [Fact]
    public void Samples_of_a_gaussian_have_its_moments()
    {
        const int n = 20_000;
        var samples = Sampler
            .Ddpm(Schedule)
            .Sample(new GaussianData(0.4, 0.25), [n, 1, 1, 1], seed: 11);
        // Five standard errors, and 1 % of the deviation for what is left of x_T's own mean and steps.
        Assert.Equal(0.4, samples.mean().item<float>(), 5 * Math.Sqrt(0.25 / n) + 0.005);
        Assert.Equal(0.25, samples.var().item<float>(), 5 * 0.25 * Math.Sqrt(2.0 / n) + 0.005);
    }

    [Fact]
    public void The_same_seed_gives_the_same_images_whatever_ran_before()
    {
        double[] Draw(long seed)
        {
            _ = randn(3);
            return Sampler
                .Strided(Schedule, 5, eta: 1)
                .Sample(new GaussianData(0, 1), [2, 1, 4, 4], seed)
                .Values();
        }
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
    }

    [Fact]
    public void Steps_are_made_as_they_are_read_and_belong_to_the_reader()
    {
        var predictor = new GaussianData(0, 1);
        using var generator = new Generator(1);
        var noise = randn(new long[] { 1, 1, 4, 4 }, generator: generator);
        var steps = new List<SamplingStep>();
        foreach (var step in Sampler.Strided(Schedule, 10, 1).Steps(predictor, noise, generator))
        {
            steps.Add(step);
            Assert.Equal(steps.Count, predictor.Calls);
            if (steps.Count == 4)
                break;
        }
        Assert.Equal([1000, 900, 800, 700], steps.Select(s => s.From));
        Assert.Equal([900, 800, 700, 600], steps.Select(s => s.To));
        Assert.All(steps, s => Assert.False(s.X.IsInvalid));
        Assert.False(noise.IsInvalid);
    }

    [Fact]
    public void A_reader_may_dispose_of_each_step()
    {
        using var generator = new Generator(1);
        var noise = randn(new long[] { 1, 1, 4, 4 }, generator: generator);
        var last = 0;
        foreach (
            var step in Sampler
                .Strided(Schedule, 10, 1)
                .Steps(new GaussianData(0, 1), noise, generator)
        )
            using (step)
                last++;
        Assert.Equal(10, last);
    }

    [Theory]
    [InlineData(1000, 50, new[] { 1000, 980, 960 })]
    [InlineData(1000, 3, new[] { 1000, 667, 333, 0 })]
    [InlineData(5, 5, new[] { 5, 4, 3, 2, 1, 0 })]
    [InlineData(5, 1, new[] { 5, 0 })]
    public void Trailing_spacing_starts_where_the_noise_is(int total, int count, int[] start)
    {
        var timesteps = Spacing.Trailing(total, count);
        Assert.Equal(start, timesteps.Take(start.Length));
        Assert.Equal(count + 1, timesteps.Count);
        Assert.Equal(0, timesteps[^1]);
    }

    [Fact]
    public void Every_trailing_spacing_can_be_walked() =>
        Gen.Int[1, 1500]
            .SelectMany(total => Gen.Select(Gen.Const(total), Gen.Int[1, total]))
            .Sample((total, count) => Spacing.Require(Spacing.Trailing(total, count), total));

    [Fact]
    public void Ddim_throws_no_dice()
    {
        Assert.Equal(0, Sampler.Ddim(Schedule, 10).Sigma(500, 400));
        Assert.Equal(10, Sampler.Ddim(Schedule, 10).Evaluations);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        foreach (int[] list in new int[][] { [], [0], [5, 3], [5, 5, 0], [3, 5, 0], [1001, 0] })
            Assert.Throws<ArgumentException>(() => new Sampler(Schedule, list, 0));
        foreach (var eta in new[] { -0.1, 1.1, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(Schedule, [5, 0], eta));
        Assert.Throws<ArgumentOutOfRangeException>(() => Spacing.Trailing(10, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Spacing.Trailing(10, 11));
        var sampler = new Sampler(Schedule, [5, 3, 0], 1);
        Assert.Throws<ArgumentNullException>(() => sampler.Step(X, 5, 3, Noise, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Step(X, 3, 5, Noise, NewNoise));
        Assert.Throws<ArgumentNullException>(() => sampler.Steps(new GaussianData(0, 1), X));
    }

    /// <summary>Knows that the clean image is always the same one.</summary>
    private sealed class OneImage(Tensor image) : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t)
        {
            var bar = Schedule.AlphaBar(t);
            return (x - Math.Sqrt(bar) * image) / Math.Sqrt(1 - bar);
        }
    }

    /// <summary>
    /// The best predictor for pixels drawn from N(mean, variance): E[ε | x_t], by the formula for
    /// jointly Gaussian variables.
    /// </summary>
    private sealed class GaussianData(double mean, double variance) : INoisePredictor
    {
        public int Calls { get; private set; }

        public Tensor Predict(Tensor x, int t)
        {
            Calls++;
            var bar = Schedule.AlphaBar(t);
            return Math.Sqrt(1 - bar) * (x - Math.Sqrt(bar) * mean) / (bar * variance + 1 - bar);
        }
    }
}
