using System;
using System.Text.Json;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>The parts of the network one by one, against the reference's numbers for them.</summary>
public sealed class BlockTests
{
    private static readonly Tensor X = Reference.Wave(k => Math.Sin(0.11 * k), 2, 8, 8, 8);
    private static readonly Tensor Embedding = Reference.Wave(k => Math.Cos(0.05 * k), 2, 32);

    [Theory]
    [InlineData("ruleA", 1e-6)]
    [InlineData("ruleB", 1e-5)]
    public void Residual_block(string rule, double tolerance)
    {
        using var block = new ResidualBlock(8, 16, 32, 4);
        ReferenceWeights.Fill(block, rule);
        Compare("ResBlock_8_16_shift", rule, block.call(X, Embedding), tolerance);
    }

    [Theory]
    [InlineData("ruleA", 1e-6)]
    [InlineData("ruleB", 1e-5)]
    public void Downsampling(string rule, double tolerance)
    {
        using var half = new Downsample(8, 16, 4);
        ReferenceWeights.Fill(half, rule);
        Compare("DownSample2D_8_16", rule, half.call(X), tolerance);
    }

    [Theory]
    [InlineData("ruleA", 1e-6)]
    [InlineData("ruleB", 1e-5)]
    public void Upsampling(string rule, double tolerance)
    {
        using var twice = new Upsample(8, 4);
        ReferenceWeights.Fill(twice, rule);
        Compare("Upsample2D_8_4", rule, twice.call(X), tolerance);
    }

    private static void Compare(string part, string rule, Tensor actual, double tolerance)
    {
        var expected = Reference.At("blocks", part, rule, "f64");
        Assert.Equal(
            JsonSerializer.Deserialize<long[]>(expected.GetProperty("shape")),
            actual.shape
        );
        var values = actual.Values();
        Reference.Close(expected.GetProperty("first").Numbers(), values[..32], tolerance);
        Reference.Close(expected.GetProperty("last4").Numbers(), values[^4..], tolerance);
    }
}
