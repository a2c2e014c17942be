#nullable enable
using System;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// How much a classifier learns from generated images: it is trained on them alone and tested on real
/// ones (Ravuri and Vinyals 2019, Classification Accuracy Score). Images that look right but are
/// all alike, or of the wrong class, teach little.
/// </summary>
public static class ClassificationAccuracyScore
{
    /// <summary>The recipe of the project's classifier, which for fewer images takes fewer steps.</summary>
    public static TrainingRecipe Recipe { get; } = ModelRecipe.Classifier.Training;

    /// <param name="images">What it learns from, <c>[N, 1, 32, 32]</c>, [−1, 1].</param>
    /// <param name="labels">int64 <c>[N]</c>: what was to be drawn.</param>
    /// <param name="test">Real images that neither the classifier nor the model has seen.</param>
    /// <returns>The share of the test images that it gets right, 0 … 1.</returns>
    public static double Of(Tensor images, Tensor labels, FashionMnist test)
    {
        using var classifier = new Classifier(seed: Recipe.Seed);
        using var trainer = new Trainer(classifier, new Classification(classifier), Recipe);
        var steps = trainer.Run(images, labels);
        foreach (
            var _ in Progress.Over(
                steps,
                Recipe.TotalSteps(images.shape[0]),
                "Training a classifier on these images",
                s => FormattableString.Invariant($"loss {s.RecentLoss:f3}")
            )
        ) { }
        trainer.Average!.CopyTo(classifier);
        return classifier.Accuracy(test.Images, test.Labels);
    }
}
