using System;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class AutoguidanceTests
{
    /// <summary>Karras et al. 2024, eq. 4: the worse one, then s times the way to the better one.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public void It_goes_from_the_worse_through_the_better_and_on(double scale, float expected)
    {
        using var scope = NewDisposeScope();
        var guided = new Autoguidance(new Says(3), new Says(1), scale).Predict(
            zeros(2, 1, 4, 4),
            7
        );
        Assert.Equal([2, 1, 4, 4], guided.shape);
        Assert.All(guided.Values(), v => Assert.Equal(expected, v, 1e-6));
    }

    /// <summary>
    /// Data on one point at the origin, whose true noise is x/σ_t. A network that overestimates it by
    /// a share δ and a worse one with 2δ: at s = 2 their errors cancel.
    /// </summary>
    [Fact]
    public void Errors_of_one_kind_cancel()
    {
        using var scope = NewDisposeScope();
        var x = randn(5, 1, 4, 4);
        INoisePredictor With(double error) => new Scaled(1 + error);
        var guided = new Autoguidance(With(0.1), With(0.2), 2).Predict(x, 3);
        Reference.Close(With(0).Predict(x, 3).Values(), guided.Values(), 1e-6);
    }

    [Fact]
    public void At_one_the_worse_one_is_not_asked()
    {
        using var scope = NewDisposeScope();
        var alone = new Autoguidance(new Says(3), new Throws(), 1).Predict(zeros(1, 1, 2, 2), 1);
        Assert.All(alone.Values(), v => Assert.Equal(3, v));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_scale_that_is_none_is_refused(double scale) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new Autoguidance(new Says(1), new Says(1), scale)
        );

    private sealed class Says(double value) : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => full_like(x, value);
    }

    private sealed class Scaled(double by) : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => x * by;
    }

    private sealed class Throws : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => throw new InvalidOperationException("asked");
    }
}
