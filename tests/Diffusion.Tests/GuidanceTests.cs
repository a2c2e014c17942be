using System;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class GuidanceTests
{
    private static readonly UNetConfig Small = new()
    {
        Channels = [8, 16],
        NormGroups = 4,
        Classes = 11,
    };

    /// <summary>Ho and Salimans 2022, eq. 6, with s = 1 + w: (1 + w)·ε_class − w·ε_null.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7.5)]
    public void Guidance_is_the_papers_formula(double scale)
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Small);
        var x = randn(3, 1, 8, 8);
        var labels = tensor(new long[] { 0, 4, 9 });
        using var gradients = no_grad();
        var timesteps = full(3, 431L, dtype: ScalarType.Int64);
        var conditional = network.call(x, timesteps, labels);
        var unconditional = network.call(x, timesteps, full(3, 10L, dtype: ScalarType.Int64));
        var w = scale - 1;
        var expected = ((1 + w) * conditional - w * unconditional).Values();
        var actual = new ClassifierFreeGuidance(network, labels, 10, scale, Precision.Float32)
            .Predict(x, 431)
            .Values();
        Reference.Close(expected, actual, 5e-6 * (1 + scale));
        // The class must matter, or any scale would pass.
        Assert.True((conditional - unconditional).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using var network = new UNet(Small);
        using var plain = new UNet(Small with { Classes = null });
        var labels = tensor(new long[] { 0, 4 });
        foreach (var scale in new[] { -0.1, double.NaN, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                new ClassifierFreeGuidance(network, labels, 10, scale)
            );
        foreach (var rescale in new[] { -0.1, 1.1, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                new ClassifierFreeGuidance(network, labels, 10, 2, rescale: rescale)
            );
        foreach (var rescale in new[] { 0.0, 1 })
            _ = new ClassifierFreeGuidance(network, labels, 10, 2, rescale: rescale);
        Assert.Throws<ArgumentException>(() => new ClassifierFreeGuidance(plain, labels, 10, 1));
        Assert.Throws<ArgumentException>(() => new ClassifierFreeGuidance(network, labels, 11, 1));
    }
}
