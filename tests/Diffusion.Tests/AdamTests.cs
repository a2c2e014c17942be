using System;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>The step for all weights at once, against TorchSharp's own optimiser.</summary>
public sealed class AdamTests
{
    [Theory]
    [InlineData(null, 1)]
    [InlineData(0.5, 1)]
    [InlineData(1e6, 1)]
    // So small that the numbers count that keep both from dividing by 0.
    [InlineData(1e-6, 1e-8)]
    public void Its_steps_are_those_of_TorchSharp(double? longest, double size)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        using var ours = Network();
        using var theirs = Network();
        using var adam = new Adam(ours);
        using var reference = optim.Adam(theirs.parameters(), lr: 1e-2);
        for (var step = 1; step <= 5; step++)
        {
            foreach (var (a, b) in ours.parameters().Zip(theirs.parameters()))
            {
                var gradient = randn(a.shape, generator: generator) * step * size;
                (a.grad, b.grad) = (gradient, gradient.clone());
            }
            foreach (var group in reference.ParamGroups)
                group.LearningRate = 1e-2 / step;
            var expected = Math.Sqrt(
                theirs.parameters().Sum(p => p.grad!.square().sum().item<float>())
            );
            if (longest is double limit)
                nn.utils.clip_grad_norm_(theirs.parameters(), limit);
            reference.step();
            Assert.Equal(expected, adam.Step(step, 1e-2 / step, longest), 1e-4 * expected);
        }
        foreach (var (a, b) in ours.parameters().Zip(theirs.parameters()))
            Assert.True((a - b).abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void A_gradient_that_is_no_number_moves_nothing()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var adam = new Adam(network);
        foreach (var weight in network.parameters())
            weight.grad = ones_like(weight);
        network.parameters().Last().grad = full_like(
            network.parameters().Last(),
            float.PositiveInfinity
        );
        var before = network.parameters().Select(p => p.detach().clone()).ToArray();
        Assert.False(double.IsFinite(adam.Step(1, 1e-2, null)));
        Assert.All(
            before.Zip(network.parameters()),
            p => Assert.True(p.First.equal(p.Second).all().item<bool>())
        );
        Assert.All(adam.Moments, m => Assert.Equal(0, m.Mean.abs().max().item<float>()));
    }

    private static UNet Network() => new(new UNetConfig { Channels = [8, 16], NormGroups = 4 });
}
