using System;
using System.Linq;
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

    /// <summary>As made, before any training: two linear layers, and a halving that averages and nothing else.</summary>
    [Fact]
    public void New_blocks_hold_what_they_should()
    {
        using var scope = NewDisposeScope();
        using var half = new Downsample(8, 16, 4);
        var named = half.state_dict();
        Assert.Equal(0, named["conv2.weight"].abs().max().item<float>());
        Assert.True(named["conv1.weight"].abs().max().item<float>() > 0);
        using var clock = new TimestepEmbedding(32, 1000);
        Assert.Equal(4, clock.parameters().Count());
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
