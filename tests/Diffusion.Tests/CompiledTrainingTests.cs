using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>The program's own backward pass against libtorch's differentiation of the plain network.</summary>
public sealed class CompiledTrainingTests
{
    [Theory]
    [InlineData(EmbeddingMode.Shift, null, 8)]
    [InlineData(EmbeddingMode.ScaleShift, 11, 8)]
    [InlineData(EmbeddingMode.Shift, 11, 64)]
    [InlineData(EmbeddingMode.Shift, 11, 8, Activation.SiLU)]
    [InlineData(EmbeddingMode.ScaleShift, null, 64, Activation.SiLU)]
    [InlineData(EmbeddingMode.Shift, 11, 16)]
    [InlineData(EmbeddingMode.Shift, null, 48)]
    // As on a GPU.
    [InlineData(EmbeddingMode.Shift, 11, 32, Activation.SiLU, false)]
    [InlineData(EmbeddingMode.ScaleShift, 11, 8, Activation.ReLU, false)]
    public void In_float32_its_gradients_are_those_of_the_plain_network(
        EmbeddingMode mode,
        int? classes,
        int width,
        Activation activation = Activation.ReLU,
        bool channelsLast = true
    )
    {
        var (plain, compiled, losses) = Gradients(
            mode,
            classes,
            width,
            ScalarType.Float32,
            activation,
            channelsLast
        );
        Assert.Equal(losses.Plain, losses.Compiled, 1e-5 * losses.Plain);
        foreach (var (name, expected) in plain)
        {
            var error = Norm(expected.Zip(compiled[name], (a, b) => a - b));
            Assert.True(
                error <= 1e-4 * Norm(expected) + 1e-8,
                $"The gradient of {name} is off by {error:g3} of {Norm(expected):g3}."
            );
        }
    }

    [Fact]
    public void In_bfloat16_its_gradients_point_the_same_way()
    {
        if (RefusedPrecision.IsRefused(() => PrecisionChoice.Require(Precision.BFloat16, CPU)))
            return;
        var (plain, compiled, losses) = Gradients(EmbeddingMode.Shift, 11, 32, ScalarType.BFloat16);
        Assert.Equal(losses.Plain, losses.Compiled, 0.01 * losses.Plain);
        var expected = plain.SelectMany(p => p.Value).ToArray();
        var actual = plain.SelectMany(p => compiled[p.Key]).ToArray();
        var cosine = expected.Zip(actual, (a, b) => a * b).Sum() / Norm(expected) / Norm(actual);
        Assert.InRange(cosine, 0.99, 1.0001);
        Assert.NotEqual(expected, actual);
    }

    [Fact]
    public void A_small_step_is_not_rounded_away()
    {
        // In bfloat16 the neighbour of 1 is 1.0078: steps of 1e-4 would leave a weight where it is.
        using var network = new UNet(new UNetConfig { Channels = [8, 16], NormGroups = 4 });
        Trainer Train() =>
            new(
                network,
                NoiseSchedule.Linear(),
                new TrainingRecipe
                {
                    BatchSize = 4,
                    LearningRate = 1e-4,
                    Precision = Precision.BFloat16,
                }
            );
        if (RefusedPrecision.IsRefused(() => _ = Train()))
            return;
        using var trainer = Train();
        double[] Scales() => network.state_dict()["conv_out.0.weight"].Values();
        var before = Scales();
        _ = trainer.Run(rand(4, 1, 32, 32) * 2 - 1).First();
        Assert.Equal(ScalarType.Float32, network.parameters().First().dtype);
        Assert.All(before.Zip(Scales()), p => Assert.NotEqual(p.First, p.Second));
    }

    [Fact]
    public void Both_precisions_learn_alike()
    {
        if (RefusedPrecision.IsRefused(() => PrecisionChoice.Require(Precision.BFloat16, CPU)))
            return;
        double Loss(Precision precision)
        {
            using var network = new UNet(new UNetConfig { Channels = [8, 16], NormGroups = 4 });
            using var trainer = new Trainer(
                network,
                NoiseSchedule.Linear(),
                new TrainingRecipe { BatchSize = 32, Precision = precision }
            );
            // The middles of real pictures.
            using var images = RealPictures
                .Test.Images[..1920]
                .narrow(2, 8, 16)
                .narrow(3, 8, 16)
                .contiguous();
            return trainer.Run(images).Take(60).Skip(30).Average(s => s.Loss);
        }
        var exact = Loss(Precision.Float32);
        Assert.Equal(exact, Loss(Precision.BFloat16), 0.05 * exact);
    }

    private static (
        Dictionary<string, double[]> Plain,
        Dictionary<string, double[]> Compiled,
        (double Plain, double Compiled) Losses
    ) Gradients(
        EmbeddingMode mode,
        int? classes,
        int width,
        ScalarType precision,
        Activation activation = Activation.ReLU,
        bool channelsLast = true
    )
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(
            new UNetConfig
            {
                Channels = [width, 2 * width],
                NormGroups = 4,
                Embedding = mode,
                Classes = classes,
                Activation = activation,
            }
        );
        using var generator = new Generator(7);
        using (no_grad())
            foreach (var weight in network.parameters())
                weight.add_(randn(weight.shape, generator: generator) * 0.02);
        // A ReLU's gradient jumps at 0, and the two sides round differently: all stay clear of it.
        if (precision == ScalarType.Float32 && activation == Activation.ReLU)
            using (no_grad())
                foreach (var (name, weight) in network.named_parameters())
                    if (name.EndsWith("bias") && (name.Contains("norm") || name.Contains("out.0")))
                        weight.add_(6);
        var x = randn(4, 1, 32, 32, generator: generator);
        var target = randn(4, 1, 32, 32, generator: generator);
        var timesteps = tensor(new long[] { 1, 30, 400, 1000 });
        var labels = classes is null ? null : tensor(new long[] { 0, 3, 3, 10 });

        // Each image's error counts in its own way, as with a limit on the signal-to-noise ratio.
        var weights = tensor(new float[] { 0.3f, 1, 2, 0.1f }).view(-1, 1, 1, 1);
        var error = network.call(x, timesteps, labels) - target;
        var plainLoss = (error * error * weights).mean();
        plainLoss.backward();
        var plain = Named();
        foreach (var parameter in network.parameters())
            parameter.grad = null;
        using var compiled = new CompiledTraining(network, precision, channelsLast);
        var loss = compiled.Backward(x, timesteps, labels, target, weights);
        return (plain, Named(), (plainLoss.item<float>(), loss.item<float>()));

        Dictionary<string, double[]> Named() =>
            network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.Values());
    }

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));
}
