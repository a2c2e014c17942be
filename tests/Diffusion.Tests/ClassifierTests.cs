using System;
using System.Linq;
using SlowTests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class ClassifierTests
{
    [LongFact]
    public void Shipped_classifier_is_right_on_at_least_93_of_100_test_images() =>
        Assert.InRange(Accuracy(10_000), 0.93, 1);

    /// <summary>Of the first 1,000 it knows some more, and of weights that were damaged less.</summary>
    [Fact]
    public void Shipped_classifier_is_right_on_most_of_the_first_test_images() =>
        Assert.InRange(Accuracy(1_000), 0.93, 0.96);

    private static double Accuracy(int count)
    {
        using var classifier = TrainedWeights.Classifier();
        var test = RealPictures.Test;
        return classifier.Accuracy(test.Images[..count], test.Labels[..count]);
    }

    [Fact]
    public void Shipped_noisy_classifier_sees_less_the_more_noise_there_is()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var classifier = TrainedWeights.NoisyClassifier();
        var test = RealPictures.Test;
        var forward = new ForwardProcess(NoiseSchedule.Linear());
        using var generator = new Generator(1);
        var images = test.Images[..300];
        var right = new[] { 1, 200, 400, 1000 }
            .Select(t =>
            {
                var noisy = forward.Diffuse(images, t, randn(images.shape, generator: generator));
                var timesteps = full(300, (long)t, dtype: ScalarType.Int64);
                var said = classifier.call(noisy, timesteps).argmax(1);
                return (said == test.Labels[..300]).to(ScalarType.Float64).mean().item<double>();
            })
            .ToArray();
        Assert.True(right[0] > 0.85, $"{right[0]} at t = 1");
        Assert.True(right[0] > right[1] && right[1] > right[2] && right[2] > right[3]);
        // At T nothing is left to see.
        Assert.InRange(right[3], 0.03, 0.2);
    }

    [Fact]
    [Slow("It learns from 3,000 pictures.")]
    public void Learns_in_a_few_steps_what_it_is_shown()
    {
        using var classifier = new Classifier();
        using var trainer = new Trainer(
            classifier,
            new Classification(classifier),
            new TrainingRecipe { BatchSize = 50, Epochs = 1 }
        );
        var train = RealPictures.Train;
        var test = RealPictures.Test;
        var before = classifier.Accuracy(test.Images[..300], test.Labels[..300]);
        var steps = trainer.Run(train.Images[..3000], train.Labels[..3000]).ToArray();
        Assert.InRange(steps[0].Loss, 1.9, 3.5); // about ln 10: nothing known
        var after = classifier.Accuracy(test.Images[..300], test.Labels[..300]);
        Assert.True(before < 0.3 && after > 0.6, $"From {before} to {after}.");
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using var scope = NewDisposeScope();
        using var clean = new Classifier();
        using var noisy = new Classifier(steps: 1000);
        var images = zeros(2, 1, 32, 32);
        Assert.Throws<ArgumentException>(() =>
            clean.call(images, ones(2, dtype: ScalarType.Int64))
        );
        Assert.Throws<ArgumentException>(() => noisy.call(images, null));
        foreach (var shape in new long[][] { [2, 1, 28, 28], [2, 3, 32, 32], [1, 32, 32] })
            Assert.Throws<ArgumentException>(() => clean.call(zeros(shape), null));
        Assert.Throws<ArgumentException>(() => new Classification(noisy));
        Assert.Throws<ArgumentException>(() => new Classification(clean, NoiseSchedule.Linear()));
        Assert.Throws<ArgumentException>(() => new Classification(noisy, NoiseSchedule.Linear(10)));
        using var trainer = new Trainer(clean, new Classification(clean));
        Assert.Throws<ArgumentException>(() => trainer.Run(images).First());
        Assert.Throws<ArgumentException>(() =>
            trainer.Run(images, full([2], 10, dtype: ScalarType.Int64)).First()
        );
        Assert.Throws<InvalidOperationException>(() => trainer.Loss(images, images, images));
    }

    /// <summary>250 real pictures teach much, and less than 60,000 do.</summary>
    [Fact]
    [Slow("A classifier is trained by the whole of its recipe.")]
    public void The_accuracy_score_tells_what_pictures_teach()
    {
        using var scope = NewDisposeScope();
        var train = RealPictures.Train;
        var test = RealPictures.Test;
        var score = ClassificationAccuracyScore.Of(
            train.Images[..250],
            train.Labels[..250],
            new FashionMnist(test.Images[..300], test.Labels[..300])
        );
        Assert.InRange(score, 0.45, 0.8);
    }
}
