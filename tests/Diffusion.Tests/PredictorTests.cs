using System;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>What a network is asked through: labels and timesteps at the edges of what it knows.</summary>
public sealed class PredictorTests
{
    private static readonly UNetConfig Small = new()
    {
        Channels = [8, 16],
        NormGroups = 4,
        Classes = 11,
    };

    [Fact]
    public void Labels_of_another_kind_are_refused()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Small);
        Tensor[] wrong =
        [
            tensor(new[] { 0, 4 }), // int32
            tensor(new[] { 0f, 4f }),
            tensor(
                new long[,]
                {
                    { 0, 4 },
                }
            ),
            tensor(4L),
            zeros(0, dtype: ScalarType.Int64),
            zeros([0, 3], dtype: ScalarType.Int64),
            tensor(
                new[,]
                {
                    { 0, 4 },
                }
            ),
        ];
        foreach (var labels in wrong)
            Assert.Contains(
                "must be int64 of shape [B]",
                Assert.Throws<ArgumentException>(() => new Conditional(network, labels)).Message
            );
        foreach (var labels in new[] { new long[] { -1, 3 }, [0, 11] })
            Assert.Contains(
                "the network knows 0 to 10",
                Assert
                    .Throws<ArgumentException>(() => new Conditional(network, tensor(labels)))
                    .Message
            );
        Assert.Equal(
            [2, 1, 32, 32],
            new Conditional(network, tensor(new long[] { 0, 10 }))
                .Predict(zeros(2, 1, 32, 32), 5)
                .shape
        );
    }

    [Fact]
    public void Timesteps_reach_from_nought_to_the_last_one()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Small with { Classes = null });
        var predictor = new Unconditional(network);
        var x = zeros(1, 1, 32, 32);
        foreach (var t in new[] { -1, 1001, int.MinValue, int.MaxValue })
            Assert.Throws<ArgumentOutOfRangeException>(() => predictor.Predict(x, t));
        foreach (var t in new[] { 0, 1000 })
            Assert.Equal(x.shape, predictor.Predict(x, t).shape);
    }

    /// <summary>A predictor never leaves a network in the state in which it is trained.</summary>
    [Fact]
    public void A_network_that_is_asked_no_longer_trains()
    {
        using var network = new UNet(Small with { Classes = null });
        network.train();
        _ = new Unconditional(network);
        Assert.False(network.training);
    }
}
