using System;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class ForwardProcessTests
{
    private readonly NoiseSchedule schedule = NoiseSchedule.Linear();
    private readonly ForwardProcess forward;

    public ForwardProcessTests() => forward = new ForwardProcess(schedule);

    [Fact]
    public void Diffuse_is_the_reference()
    {
        var expected = Reference
            .At("steps", "add_noise_t500 (x0=x, noise=eps)", "article_f32")
            .Numbers();
        var x = Reference.Wave(k => Math.Sin(0.11 * k), 1, 1, 4, 4);
        var noise = Reference.Wave(k => Math.Cos(0.07 * k), 1, 1, 4, 4);
        Reference.Close(expected, forward.Diffuse(x, 500, noise).Values(), 1e-5);
        Reference.Close(
            expected,
            forward.Diffuse(x, tensor(new long[] { 500 }), noise).Values(),
            1e-5
        );
    }

    [Fact]
    public void Each_image_of_a_batch_gets_its_own_timestep()
    {
        using var generator = new Generator(1);
        var x = randn(3, 1, 4, 4, generator: generator);
        var noise = randn(3, 1, 4, 4, generator: generator);
        long[] timesteps = [0, 1, 1000];
        var batched = forward.Diffuse(x, tensor(timesteps), noise);
        for (var i = 0; i < 3; i++)
            Reference.Close(
                forward
                    .Diffuse(x[i].unsqueeze(0), (int)timesteps[i], noise[i].unsqueeze(0))
                    .Values(),
                batched[i].Values(),
                1e-6
            );
        Assert.True(batched[0].equal(x[0]).all().item<bool>());
    }

    /// <summary>
    /// Steps and closed form have the same mean and variance: 40,000 walks, allowed five standard
    /// errors (1/√n of the deviation for a mean, √(2/n) of the variance for a variance).
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(300)]
    public void Walks_have_the_moments_of_the_closed_form(int t)
    {
        const int n = 40_000;
        using var generator = new Generator(7);
        var x = full(new long[] { n, 1, 1, 1 }, 0.8);
        for (var i = 1; i <= t; i++)
            x = forward.Step(x, i, randn(x.shape, generator: generator));
        var (mean, variance) = (0.8 * Math.Sqrt(schedule.AlphaBar(t)), 1 - schedule.AlphaBar(t));
        Assert.Equal(mean, x.mean().item<float>(), 5 * Math.Sqrt(variance / n));
        Assert.Equal(variance, x.var().item<float>(), 5 * variance * Math.Sqrt(2.0 / n));
    }

    [Fact]
    public void A_trajectory_goes_back_with_its_own_noises()
    {
        using var generator = new Generator(3);
        var clean = rand(2, 3, 4, 4, generator: generator) * 2 - 1;
        var walk = forward.Run(clean, generator, upTo: 200);
        Assert.Equal(201, walk.States.Count);
        Assert.Equal(200, walk.Noises.Count);
        var back = forward.UndoAll(walk.States[^1], walk.Noises);
        Reference.Close(clean.Values(), back[0].Values(), 1e-4);
        Reference.Close(walk.States[100].Values(), back[100].Values(), 1e-4);
    }

    /// <summary>ERRATA 4: an error e at T comes out as e/√ᾱ_T, 157 times as large.</summary>
    [Fact]
    public void An_error_grows_by_one_over_the_root_of_alpha_bar()
    {
        using var generator = new Generator(3);
        var noises = Enumerable.Range(0, 1000).Select(_ => zeros(1, 1, 1, 1)).ToArray();
        var back = forward.UndoAll(ones(1, 1, 1, 1), noises)[0].item<float>();
        Assert.Equal(1 / Math.Sqrt(schedule.AlphaBar(1000)), back, 1e-3 * back);
        Assert.InRange(back, 157, 158);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var x = zeros(2, 1, 4, 4);
        Assert.Throws<ArgumentException>(() => forward.Step(x, 1, zeros(1, 1, 4, 4)));
        Assert.Throws<ArgumentException>(() => forward.Diffuse(x, 1, zeros(2, 1, 4)));
        Assert.Throws<ArgumentException>(() => forward.Diffuse(x, tensor(new long[] { 1 }), x));
        foreach (
            var wrong in new[]
            {
                tensor(new[] { 1, 2 }),
                tensor(
                    new long[,]
                    {
                        { 1 },
                        { 2 },
                    }
                ),
            }
        )
            Assert.Contains(
                "must be int64 of shape [2]",
                Assert.Throws<ArgumentException>(() => forward.Diffuse(x, wrong, x)).Message
            );
        // These would fit by broadcasting, and give every image the same noise.
        var one = zeros(1, 1, 4, 4);
        var times = tensor(new long[] { 1, 2 });
        Assert.Throws<ArgumentException>(() => forward.Diffuse(x, times, one));
        Assert.Throws<ArgumentException>(() => forward.Undo(x, 1, one));
        var whole = zeros(2, 1, 4, 4, dtype: ScalarType.Int64);
        Assert.Throws<ArgumentException>(() => forward.Step(x, 1, whole));
        Assert.Throws<ArgumentException>(() => forward.Step(whole, 1, x));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            forward.Diffuse(x, tensor(new long[] { 1, 1001 }), x)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => forward.Step(x, 0, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => forward.Undo(x, 1001, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => forward.Run(x, new Generator(), -1));
    }
}
