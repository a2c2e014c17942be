using System;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>One lesson of a training, on a network so small that it takes no time.</summary>
public sealed class DenoisingTests
{
    private static readonly UNetConfig Small = new() { Channels = [8], NormGroups = 4 };

    private static readonly TrainingRecipe Exact = new() { Precision = Precision.Float32 };

    /// <summary>
    /// DDPM, algorithm 1, written out: a timestep of 1 … T and noise for each image, in this order,
    /// from one generator. Loss and gradients must be those.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lesson_is_the_papers_algorithm(bool compiled)
    {
        using var scope = NewDisposeScope();
        var schedule = NoiseSchedule.Linear();
        using var network = new UNet(Small);
        using var twin = new UNet(Small);
        twin.load_state_dict(network.state_dict());
        var images = rand(64, 1, 8, 8) * 2 - 1;

        using var objective = new Denoising(
            network,
            schedule,
            Exact,
            compiled && CompiledUNet.IsPossibleFor(network)
        );
        var loss = objective.Backward(images, null, new Generator(3)).item<float>();

        var dice = new Generator(3);
        var t = randint(1, 1001, [64], dtype: ScalarType.Int64, generator: dice);
        var noise = randn(images.shape, generator: dice);
        var a = tensor(t.data<long>().Select(i => (float)schedule.AlphaBar((int)i)).ToArray())
            .view(-1, 1, 1, 1);
        var noisy = a.sqrt() * images + (1 - a).sqrt() * noise;
        var expected = (twin.call(noisy, t, null) - noise).square().mean();
        expected.backward();

        Assert.Equal(expected.item<float>(), loss, 1e-6);
        Assert.Equal(expected.item<float>(), objective.Loss(images, t, noise).item<float>(), 1e-6);
        foreach (var (ours, theirs) in network.parameters().Zip(twin.parameters()))
            Reference.Close(theirs.grad!.Values(), ours.grad!.Values(), 1e-5);
    }

    [Fact]
    public void The_last_timestep_can_be_learnt_too()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Small);
        using var objective = new Denoising(network, NoiseSchedule.Linear(), Exact);
        var last = full(2, 1000L, dtype: ScalarType.Int64);
        var loss = objective.Loss(zeros(2, 1, 8, 8), last, ones(2, 1, 8, 8));
        Assert.True(loss.isfinite().item<bool>());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void None_or_all_labels_are_dropped_at_the_ends(double dropping, bool all)
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Small with { Classes = 11 });
        using var objective = new Denoising(
            network,
            NoiseSchedule.Linear(),
            Exact with
            {
                LabelDropping = dropping,
            }
        );
        var labels = arange(10);
        var told = objective.Dropped(labels, new Generator(1))!.data<long>().ToArray();
        Assert.Equal(all ? Enumerable.Repeat(10L, 10) : labels.data<long>().ToArray(), told);
    }
}
