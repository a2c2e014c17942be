using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>Classifier guidance with the networks that are shipped: whether another classifier sees what was asked for.</summary>
public sealed class ClassifierGuidanceTests
{
    [Fact]
    public void Classifier_guidance_makes_its_class_likelier()
    {
        using var scope = NewDisposeScope();
        var schedule = NoiseSchedule.Linear();
        using var network = TrainedWeights.Unconditional();
        using var steering = TrainedWeights.NoisyClassifier();
        using var judge = TrainedWeights.Classifier();
        var labels = full(6, 1L, dtype: ScalarType.Int64); // trousers
        double Share(double scale) =>
            judge.Accuracy(
                Sampler
                    .Strided(schedule, 8, clip: true)
                    .Sample(
                        new ClassifierGuidance(
                            new Unconditional(network),
                            steering,
                            schedule,
                            labels,
                            scale
                        ),
                        [6, 1, 32, 32],
                        seed: 1
                    )
                    .clamp(-1, 1),
                labels
            );
        var (without, with) = (Share(0), Share(4));
        Assert.True(with > 0.6 && with > without + 0.3, $"From {without} to {with}.");
    }
}
