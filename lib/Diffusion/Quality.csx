#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>How good generated images are.</summary>
/// <param name="Count">Images that were measured.</param>
/// <param name="Frechet">Distance to the 10,000 test images in the classifier's features; the less the better.</param>
/// <param name="HalfWidth">Half of the 95 % interval around it.</param>
/// <param name="Precision">The share of the images that lie among the test images, 0 … 1.</param>
/// <param name="Recall">The share of the test images that lie among them, 0 … 1.</param>
/// <param name="Agreement">The share that the classifier takes for what was asked for, 0 … 1; null where nothing was.</param>
/// <param name="FrechetPerClass">Distance of each class to that of the test images; empty where no class was asked for.</param>
/// <param name="AccuracyScore">See <see cref="ClassificationAccuracyScore"/>, 0 … 1; null where it was not measured.</param>
public sealed record Quality(
    int Count,
    double Frechet,
    double HalfWidth,
    double Precision,
    double Recall,
    double? Agreement,
    IReadOnlyList<double> FrechetPerClass,
    double? AccuracyScore = null
)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Fréchet distance {Frechet:f3} ± {HalfWidth:f3}, precision {Precision:f3}, recall {Recall:f3}{(Agreement is double a ? $", label agreement {a:p1}" : "")} ({Count:n0} images)"
        );
}

/// <summary>Measures images against the test images, in the features of the project's classifier.</summary>
public sealed class QualityMeasure : IDisposable
{
    private const int Fewest = 100;

    private readonly Classifier classifier;
    private readonly Tensor features;
    private readonly Tensor labels;
    private readonly FeatureStatistics statistics;

    /// <param name="classifier">Of clean images; it belongs to this object from now on.</param>
    /// <param name="test">What images are compared with.</param>
    public QualityMeasure(Classifier classifier, FashionMnist test)
    {
        using var scope = NewDisposeScope();
        this.classifier = classifier;
        features = classifier.AllFeatures(test.Images).DetachFromDisposeScope();
        labels = test.Labels.clone().DetachFromDisposeScope();
        statistics = FeatureStatistics.Of(features);
        statistics.Mean.DetachFromDisposeScope();
        statistics.Covariance.DetachFromDisposeScope();
    }

    /// <summary>With the classifier and the test images of the repository.</summary>
    /// <exception cref="FileNotFoundException">The weights or the data are missing.</exception>
    public static QualityMeasure Load()
    {
        var classifier = new Classifier();
        Weights.Load(classifier, Host.Find("data/weights/classifier.safetensors"));
        using var test = FashionMnist.Test();
        return new QualityMeasure(classifier, test);
    }

    /// <param name="images"><c>[N, 1, 32, 32]</c>, N at least 100; what lies outside of [−1, 1] is cut off, as a screen would.</param>
    /// <param name="asked">int64 <c>[N]</c>: what was to be drawn; null where nothing was said.</param>
    /// <exception cref="ArgumentException">There are too few images, or not one label for each.</exception>
    public Quality Of(Tensor images, Tensor? asked = null)
    {
        if (asked is not null && asked.shape[0] != images.shape[0])
            throw new ArgumentException(
                $"{asked.shape[0]} labels are given for {images.shape[0]} images: there must be one for each.",
                nameof(asked)
            );
        if (images.shape[0] < Fewest)
            throw new ArgumentException(
                $"{images.shape[0]} images are too few to measure: give {Fewest} or more.",
                nameof(images)
            );
        using var scope = NewDisposeScope();
        var shown = images.clamp(-1, 1);
        var seen = classifier.AllFeatures(shown);
        var (distance, halfWidth) = FrechetDistance.WithInterval(seen, statistics);
        var (precision, recall) = Neighbours.PrecisionRecall(features, seen);
        return new Quality(
            (int)images.shape[0],
            distance,
            halfWidth,
            precision,
            recall,
            asked is null
                ? null
                : Classifier.Share(
                    classifier.FromFeatures(seen.to(Host.Device)).argmax(1).cpu(),
                    asked
                ),
            asked is null ? [] : PerClass(seen, asked)
        );
    }

    public void Dispose()
    {
        classifier.Dispose();
        features.Dispose();
        labels.Dispose();
        statistics.Mean.Dispose();
        statistics.Covariance.Dispose();
    }

    private double[] PerClass(Tensor seen, Tensor asked)
    {
        using var scope = NewDisposeScope();
        Tensor Where(Tensor of, Tensor its, int label) =>
            of.index_select(0, (its == label).nonzero().flatten());
        return Enumerable
            .Range(0, FashionMnist.ClassNames.Count)
            .Select(label =>
                FrechetDistance.Between(Where(seen, asked, label), Where(features, labels, label))
            )
            .ToArray();
    }
}
