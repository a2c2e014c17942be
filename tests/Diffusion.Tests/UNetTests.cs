using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class UNetTests
{
    private static readonly UNetConfig Small = new() { Channels = [8, 16], NormGroups = 4 };

    private static readonly UNetConfig SmallWithClasses = Small with
    {
        Embedding = EmbeddingMode.ScaleShift,
        Classes = 11,
    };

    [Theory]
    [InlineData(EmbeddingMode.Shift, null, 4_583_425)]
    [InlineData(EmbeddingMode.ScaleShift, null, 4_785_697)]
    [InlineData(EmbeddingMode.Shift, 11, 4_633_953)]
    [InlineData(EmbeddingMode.ScaleShift, 11, 4_886_401)]
    public void Has_as_many_parameters_as_the_article(EmbeddingMode mode, int? classes, long count)
    {
        using var network = new UNet(new UNetConfig { Embedding = mode, Classes = classes });
        Assert.Equal(count, network.ParameterCount);
    }

    [Theory]
    [InlineData("shift_unconditional")]
    [InlineData("scale_shift_conditional")]
    public void State_dict_has_the_articles_names_and_shapes(string kind)
    {
        using var network = new UNet(ConfigOf(kind));
        var expected = Reference
            .At("unet_8_16", kind, "names_shapes")
            .EnumerateArray()
            .Select(e => $"{e[0]} [{string.Join(", ", e[1].Numbers())}]");
        var actual = network
            .state_dict()
            .Select(p => $"{p.Key} [{string.Join(", ", p.Value.shape)}]");
        Assert.Equal(expected.Order(), actual.Order());
    }

    [Theory]
    [InlineData("shift_unconditional", "ruleA", 1e-5, 0)]
    [InlineData("shift_unconditional", "ruleB", 0, 1e-3)]
    [InlineData("scale_shift_conditional", "ruleA", 1e-5, 0)]
    [InlineData("scale_shift_conditional", "ruleB", 0, 1e-3)]
    public void Predicts_what_the_reference_predicts(
        string kind,
        string rule,
        double absolute,
        double relative
    )
    {
        using var network = new UNet(ConfigOf(kind));
        ReferenceWeights.Fill(network, rule);
        var labels = network.Config.Classes is null ? null : tensor(new long[] { 3, 10 });
        var x = Reference.Wave(k => Math.Sin(0.11 * k), 2, 1, 32, 32);
        using var gradients = no_grad();
        var actual = network.call(x, tensor(new long[] { 7, 431 }), labels);

        var expected = Reference.At("unet_8_16", kind, rule, "f64");
        // Relative to the spread of the whole output, since single values may lie near zero.
        var tolerance =
            absolute + relative * Reference.At("unet_8_16", kind, rule, "std").GetDouble();
        var values = actual.Values();
        Reference.Close(expected.GetProperty("first").Numbers(), values[..32], tolerance);
        Reference.Close(expected.GetProperty("last4").Numbers(), values[^4..], tolerance);
        Assert.Equal(expected.GetProperty("sum").GetDouble(), values.Sum(), 2048 * tolerance);
    }

    /// <summary>
    /// ERRATA 20b: in float32 the clock's fastest hand, cos(π·t/2), is off by up to 6e-5. Ours is
    /// computed in double and rounded once.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(431)]
    public void Clock_is_the_reference(int t)
    {
        var clock = TimestepEmbedding.Clock(tensor(new long[] { t }), 32, 1000).Values();
        Reference.Close(
            Reference.At("timestep_embedding", $"h32_t{t}", "f64").Numbers(),
            clock,
            1e-7
        );
        Reference.Close(
            Reference.At("timestep_embedding", $"h32_t{t}", "f32").Numbers(),
            clock,
            6e-5
        );
    }

    [Fact]
    public void First_hand_of_the_clock_only_ever_shows_one_zero_or_minus_one()
    {
        var hand = TimestepEmbedding.Clock(arange(0, 1001), 32, 1000)[TensorIndex.Colon, 0];
        double[] quarters = [1, 0, -1, 0];
        Reference.Close(
            Enumerable.Range(0, 1001).Select(t => quarters[t % 4]).ToArray(),
            hand.Values(),
            1e-9
        );
    }

    /// <summary>ERRATA 1: a network must not lengthen the list that it was given.</summary>
    [Fact]
    public void Leaves_the_callers_list_alone()
    {
        var channels = new List<int> { 8, 16 };
        var config = new UNetConfig { Channels = channels, NormGroups = 4 };
        using var first = new UNet(config);
        using var second = new UNet(config);
        Assert.Equal([8, 16], channels);
        Assert.Equal(first.ParameterCount, second.ParameterCount);
        channels.Add(32);
        Assert.Equal([8, 16], first.Config.Channels);
    }

    [Fact]
    public void Starting_weights_come_from_the_seed_alone()
    {
        static double[] Weights(long seed)
        {
            _ = randn(5); // moves the process-wide generator
            using var network = new UNet(Small, seed);
            return network.parameters().SelectMany(p => p.Values()).ToArray();
        }
        Assert.Equal(Weights(3), Weights(3));
        Assert.NotEqual(Weights(3), Weights(4));
        Assert.All(Weights(3), w => Assert.True(double.IsFinite(w)));
    }

    /// <summary>Uniform in ±b has the variance b²/3: PyTorch's own start, 1/(3·fan-in).</summary>
    [Fact]
    public void Starting_weights_have_the_spread_of_pytorch()
    {
        using var network = new UNet(new UNetConfig());
        var weights = network.state_dict()["up_blocks.0.res_blocks.0.conv1.weight"];
        var fanIn = weights.shape[1] * 9;
        Assert.Equal(1 / Math.Sqrt(fanIn), weights.abs().max().item<float>(), 1e-4);
        Assert.Equal(1.0 / (3 * fanIn), weights.var().item<float>(), 0.01 / (3 * fanIn));
    }

    [Fact]
    public void Blocks_on_the_way_down_start_as_the_identity()
    {
        using var block = new ResidualBlock(8, 8, 32, 4, startAsIdentity: true);
        StartingWeights.Draw(block, 5);
        var x = randn(2, 8, 6, 6);
        Assert.Equal(x.Values(), block.call(x, randn(2, 32)).Values());
    }

    [Fact]
    public void Different_timesteps_and_classes_give_different_predictions()
    {
        using var network = new UNet(SmallWithClasses);
        using var gradients = no_grad();
        var x = randn(1, 1, 32, 32);
        double[] Predict(long t, long label) =>
            network.call(x, tensor(new[] { t }), tensor(new[] { label })).Values();
        Assert.NotEqual(Predict(1, 0), Predict(2, 0));
        Assert.NotEqual(Predict(1, 0), Predict(1, 1));
    }

    [Fact]
    public void Every_parameter_gets_a_gradient_from_a_filled_network()
    {
        using var network = new UNet(SmallWithClasses);
        ReferenceWeights.Fill(network, "ruleB");
        network.call(randn(11, 1, 32, 32), arange(1, 12), arange(0, 11)).square().mean().backward();
        Assert.All(
            network.named_parameters(),
            p => Assert.True(p.parameter.grad is not null, $"{p.name} got no gradient.")
        );
    }

    [Fact]
    public void Bad_input_is_refused_with_a_sentence()
    {
        using var network = new UNet(Small);
        using var labelled = new UNet(SmallWithClasses);
        var x = zeros(2, 1, 32, 32);
        var t = ones(2, dtype: ScalarType.Int64);
        Assert.Contains(
            "pad 28x28",
            Assert
                .Throws<ArgumentException>(() => network.call(zeros(2, 1, 27, 28), t, null))
                .Message
        );
        Assert.Throws<ArgumentException>(() => network.call(zeros(2, 3, 32, 32), t, null));
        Assert.Throws<ArgumentException>(() => network.call(x, null!, null));
        Assert.Throws<ArgumentException>(() => network.call(x, ones(2), null));
        Assert.Throws<ArgumentException>(() =>
            network.call(x, ones(3, dtype: ScalarType.Int64), null)
        );
        Assert.Throws<ArgumentException>(() => network.call(x, t, t));
        Assert.Throws<ArgumentException>(() => labelled.call(x, t, null));
        Assert.Throws<ArgumentException>(() => new UNet(Small with { Channels = [] }));
        Assert.Throws<ArgumentException>(() => new UNet(Small with { Channels = [8, 10] }));
        Assert.Throws<ArgumentException>(() => new UNet(Small with { Classes = 0 }));
        Assert.Throws<ArgumentException>(() => new UNet(Small with { BlocksPerLevel = 0 }));
        Assert.Throws<ArgumentException>(() => new Unconditional(labelled));
        Assert.Throws<ArgumentException>(() => new Conditional(network, t));
        Assert.Throws<ArgumentException>(() => new Conditional(labelled, t * 11));
        Assert.Throws<ArgumentException>(() => new Conditional(labelled, t * -1));
    }

    private static UNetConfig ConfigOf(string kind) =>
        kind == "shift_unconditional" ? Small : SmallWithClasses;
}
