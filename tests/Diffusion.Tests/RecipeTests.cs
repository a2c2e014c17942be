using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>What a recipe can ask for, each against its formula.</summary>
public sealed class RecipeTests
{
    private static readonly UNetConfig Small = new() { Channels = [8, 16], NormGroups = 4 };

    [Fact]
    public void Rate_warms_up_and_falls_along_half_a_cosine()
    {
        var recipe = new TrainingRecipe
        {
            Epochs = 2,
            LearningRate = 0.01,
            CosineRate = true,
            WarmUpSteps = 10,
        };
        double Rate(int step) => recipe.RateAt(step, stepsPerEpoch: 50);
        Assert.Equal(0.01 * 0.1, Rate(0), 1e-12);
        Assert.Equal(0.01 * 0.5 * (1 + Math.Cos(Math.PI * 0.25)) / 2 * 2, Rate(25), 1e-12);
        Assert.Equal(0.005, Rate(50), 1e-12);
        Assert.InRange(Rate(99), 1e-9, 1e-5);
        Assert.All(Enumerable.Range(10, 89), s => Assert.True(Rate(s) > Rate(s + 1)));
        // A second round of epochs starts high again.
        Assert.Equal(0.01, Rate(100), 1e-12);
    }

    [Fact]
    public void Averages_follow_their_recursion()
    {
        using var network = new UNet(Small);
        using var trainer = new Trainer(
            network,
            NoiseSchedule.Linear(),
            new TrainingRecipe { BatchSize = 4, AverageDecay = 0.6 }
        );
        double[] Now() => network.state_dict()["conv_in.0.weight"].Values();
        var expected = Now();
        var n = 0;
        using var images = rand(20, 1, 8, 8) * 2 - 1;
        foreach (var _ in trainer.Run(images).Take(12))
        {
            n++;
            var kept = Math.Min(0.6, (1.0 + n) / (10 + n));
            expected = expected.Zip(Now(), (mean, w) => kept * mean + (1 - kept) * w).ToArray();
        }
        Reference.Close(expected, trainer.Average!.Weights["conv_in.0.weight"].Values(), 1e-6);
        Assert.NotEqual(Now(), trainer.Average.Weights["conv_in.0.weight"].Values());
        using var other = new UNet(Small, seed: 5);
        trainer.Average.CopyTo(other);
        Reference.Close(expected, other.state_dict()["conv_in.0.weight"].Values(), 1e-6);
    }

    /// <summary>Adam does not see how long gradients are, but how they change: both lengths are looked at in between.</summary>
    [Fact]
    public void Long_gradients_are_shortened_and_short_ones_left()
    {
        double Norm(double? largest)
        {
            using var network = new UNet(Small);
            using var trainer = new Trainer(
                network,
                NoiseSchedule.Linear(),
                new TrainingRecipe { BatchSize = 4, LargestGradientNorm = largest }
            );
            using var images = ones(4, 1, 8, 8);
            _ = trainer.Run(images).First();
            return Math.Sqrt(
                network
                    .parameters()
                    .Sum(p => p.grad!.pow(2).sum().to(ScalarType.Float64).item<double>())
            );
        }
        var free = Norm(null);
        Assert.Equal(free / 3, Norm(free / 3), 1e-3 * free);
        Assert.Equal(free, Norm(free * 2), 1e-3 * free);
    }

    [Fact]
    public void Labels_are_dropped_one_by_one_and_the_callers_are_left_alone()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Small with { Classes = 11 });
        var labels = full(4000, 3L, dtype: ScalarType.Int64);
        var recipe = new TrainingRecipe { LabelDropping = 0.2, Precision = Precision.Float32 };
        using var objective = new Denoising(network, NoiseSchedule.Linear(), recipe);
        using var generator = new Generator(8);
        var counts = Enumerable
            .Range(0, 20)
            .Select(_ => objective.Dropped(labels[..200], generator)!.eq(10).sum().item<long>())
            .ToArray();
        // 20 · 200 draws of probability 0.2: 800 ± 4 · 25. Never the same in each batch (ERRATA 12).
        Assert.InRange(counts.Sum(), 700, 900);
        Assert.True(counts.Distinct().Count() > 5);
        Assert.True(labels.eq(3).all().item<bool>());
    }

    /// <summary>Hang et al. 2023: the error of x₀ counts min(SNR, γ) at every timestep, whatever is predicted.</summary>
    [Theory]
    [InlineData(Prediction.Noise)]
    [InlineData(Prediction.Velocity)]
    [InlineData(Prediction.Clean)]
    public void The_error_of_the_clean_image_counts_up_to_the_limit(Prediction prediction)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var schedule = NoiseSchedule.Cosine();
        using var network = new UNet(Small with { Prediction = prediction });
        using var objective = new Denoising(
            network,
            schedule,
            new TrainingRecipe { SignalToNoiseLimit = 5, Precision = Precision.Float32 }
        );
        using var generator = new Generator(1);
        long[] timesteps = [30, 400, 900];
        var clean = rand(3, 1, 32, 32, generator: generator) * 2 - 1;
        var noise = randn(3, 1, 32, 32, generator: generator);
        var errors = Enumerable
            .Range(0, 3)
            .Select(i =>
            {
                var t = (int)timesteps[i];
                var (one, its) = (clean[i..(i + 1)], noise[i..(i + 1)]);
                var x = new ForwardProcess(schedule).Diffuse(one, t, its);
                var said = network.call(x, tensor(timesteps[i..(i + 1)]), null);
                var alphaBar = schedule.AlphaBar(t);
                var seen = Predictions.ToNoise(said, prediction, x, alphaBar);
                var image = (x - Math.Sqrt(1 - alphaBar) * seen) / Math.Sqrt(alphaBar);
                var error = (image - one).pow(2).mean().item<float>();
                return Math.Min(schedule.SignalToNoise(t), 5) * error;
            })
            .ToArray();
        for (var i = 0; i < 3; i++)
            Counts(errors[i], i..(i + 1));
        // Together, each is weighed by its own timestep.
        Counts(errors.Average(), ..);

        void Counts(double expected, Range those) =>
            Assert.Equal(
                expected,
                objective.Loss(clean[those], tensor(timesteps[those]), noise[those]).item<float>(),
                2e-3 * expected
            );
    }

    /// <summary>All three say the same of one image.</summary>
    [Fact]
    public void What_should_be_predicted_leads_back_to_the_noise()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var clean = rand(1, 1, 8, 8, generator: generator) * 2 - 1;
        var noise = randn(1, 1, 8, 8, generator: generator);
        foreach (var alphaBar in new[] { 0.98, 0.5, 0.01 })
        {
            var x = Math.Sqrt(alphaBar) * clean + Math.Sqrt(1 - alphaBar) * noise;
            foreach (var kind in Enum.GetValues<Prediction>())
            {
                var target = Predictions.Target(kind, clean, noise, full([1, 1, 1, 1], alphaBar));
                Reference.Close(
                    noise.Values(),
                    Predictions.ToNoise(target, kind, x, alphaBar).Values(),
                    1e-5
                );
            }
        }
    }

    [Fact]
    public void A_velocity_network_becomes_a_predictor_of_noise_with_its_schedule()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var schedule = NoiseSchedule.Cosine();
        using var network = new UNet(Small with { Prediction = Prediction.Velocity });
        var x = randn(2, 1, 32, 32);
        var said = network.call(x, full(2, 300L, dtype: ScalarType.Int64), null);
        var alphaBar = schedule.AlphaBar(300);
        Reference.Close(
            (Math.Sqrt(alphaBar) * said + Math.Sqrt(1 - alphaBar) * x).Values(),
            new Unconditional(network, Precision.Float32, schedule).Predict(x, 300).Values(),
            1e-5
        );
        Assert.Contains(
            "give the schedule",
            Assert.Throws<ArgumentException>(() => new Unconditional(network)).Message
        );
        Assert.Throws<ArgumentException>(() =>
            new Unconditional(network, schedule: NoiseSchedule.Linear(10))
        );
    }

    [Fact]
    public void The_last_convolution_starts_at_zero_where_asked()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var network = new UNet(Small with { StartsAtZero = true });
        var said = network.call(randn(1, 1, 32, 32), ones(1, dtype: ScalarType.Int64), null);
        Assert.Equal(0, said.abs().max().item<float>());
    }

    [Fact]
    public void What_is_not_said_is_the_articles()
    {
        var recipe = new TrainingRecipe();
        Assert.Equal(
            (5, 128, 1e-3, 0.5),
            (recipe.Epochs, recipe.BatchSize, recipe.LearningRate, recipe.RateDecay)
        );
        Assert.Equal(469, recipe.StepsPerEpoch(60_000));
        Assert.Equal(5 * 469, recipe.TotalSteps(60_000));
        Assert.Equal(1e-3, recipe.RateAt(468, 469), 1e-15);
        Assert.Equal(5e-4, recipe.RateAt(469, 469), 1e-15);
        Assert.Equal(1e-3 / 16, recipe.RateAt(2344, 469), 1e-15);
        Assert.Equal([1, 1, 2, 2], new[] { 1, 128, 129, 256 }.Select(n => recipe.StepsPerEpoch(n)));
    }

    [Fact]
    public void Each_value_may_be_at_its_edge()
    {
        TrainingRecipe[] right =
        [
            new() { Epochs = 1 },
            new() { BatchSize = 1 },
            new() { LearningRate = 1e-300, RateDecay = 1 },
            new() { RateDecay = 1e-300 },
            new() { WarmUpSteps = 0 },
            new() { LargestGradientNorm = 1e-300 },
            new() { AverageDecay = 1e-300 },
            new() { AverageDecay = 0.999999 },
            new() { LabelDropping = 0 },
            new() { LabelDropping = 1 },
            new() { SignalToNoiseLimit = 1e-300 },
        ];
        Assert.All(right, r => Assert.Same(r, r.Validated()));
        TrainingRecipe[] wrong =
        [
            new() { Epochs = 0 },
            new() { BatchSize = 0 },
            new() { LearningRate = 0 },
            new() { LearningRate = -1 },
            new() { LearningRate = double.NaN },
            new() { LearningRate = double.PositiveInfinity },
            new() { RateDecay = 0 },
            new() { RateDecay = 1.01 },
            new() { RateDecay = double.NaN },
            new() { WarmUpSteps = -1 },
            new() { LargestGradientNorm = 0 },
            new() { AverageDecay = 0 },
            new() { AverageDecay = 1 },
            new() { LabelDropping = -0.01 },
            new() { LabelDropping = 1.01 },
            new() { LabelDropping = double.NaN },
            new() { SignalToNoiseLimit = 0 },
        ];
        Assert.All(wrong, r => Assert.Throws<ArgumentException>(() => r.Validated()));
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        using var network = new UNet(Small);
        TrainingRecipe[] wrong =
        [
            new() { WarmUpSteps = -1 },
            new() { LargestGradientNorm = 0 },
            new() { LargestGradientNorm = double.NaN },
            new() { AverageDecay = 1 },
            new() { LabelDropping = 1.1 },
            new() { LabelDropping = 0.1 }, // a network without classes
            new() { SignalToNoiseLimit = -5 },
        ];
        foreach (var recipe in wrong)
            Assert.Throws<ArgumentException>(() =>
                new Trainer(network, NoiseSchedule.Linear(), recipe)
            );
        using var trainer = new Trainer(network, NoiseSchedule.Linear());
        Assert.Throws<ArgumentException>(() =>
            trainer.Run(zeros(2, 1, 32, 32), zeros(3, dtype: ScalarType.Int64))
        );
        Assert.Throws<ArgumentException>(() =>
            trainer.Run(zeros(2, 1, 32, 32), zeros(2, dtype: ScalarType.Int64)).First()
        );
    }
}
