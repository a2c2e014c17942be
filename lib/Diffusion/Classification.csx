#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>To tell the classes apart: the cross-entropy between what a classifier says and the labels.</summary>
/// <remarks>
/// Images are shifted by up to two pixels, and a part of the features is dropped, so that the classifier
/// doesn't learn by heart. One that is made for timesteps sees each image at a timestep of its own
/// (Dhariwal and Nichol 2021, section 4.1).
/// </remarks>
public sealed class Classification : ITrainingObjective
{
    private const int FarthestShift = 2; // pixels: as wide as the black border
    private const double Dropped = 0.3; // of the features

    private readonly Classifier classifier;
    private readonly ForwardProcess? forward;

    /// <param name="classifier">For clean or noisy images.</param>
    /// <param name="schedule">The noise that a classifier of noisy images learns with; null for clean images.</param>
    /// <exception cref="ArgumentException">Classifier and schedule do not fit each other.</exception>
    public Classification(Classifier classifier, NoiseSchedule? schedule = null)
    {
        if (classifier.Steps != schedule?.Steps)
            throw new ArgumentException(
                $"The classifier was made for {classifier.Steps ?? 0} timesteps, the schedule has {schedule?.Steps ?? 0}: give both the same, or none to both.",
                nameof(schedule)
            );
        this.classifier = classifier;
        forward = schedule is null ? null : new ForwardProcess(schedule);
        Description = $"Classification, {schedule?.ToString() ?? "clean images"}";
    }

    public string Description { get; }

    public Tensor Backward(Tensor images, Tensor? labels, Generator generator)
    {
        if (labels is null)
            throw new ArgumentException(
                "A classifier learns from labels: give the images' labels too.",
                nameof(labels)
            );
        Conditional.RequireLabels(labels, classifier.Classes);
        using var scope = NewDisposeScope();
        var count = images.shape[0];
        var seen = Shifted(images, generator);
        Tensor? timesteps = null;
        if (forward is not null)
        {
            timesteps = randint(
                    1,
                    classifier.Steps!.Value + 1,
                    [count],
                    dtype: ScalarType.Int64,
                    generator: generator
                )
                .to(images.device);
            seen = forward.Diffuse(
                seen,
                timesteps,
                randn(images.shape, generator: generator).to(images.device)
            );
        }
        var features = classifier.Features(seen, timesteps);
        var kept = (rand(features.shape, generator: generator) >= Dropped).to(images.device);
        var said = classifier.FromFeatures(features * kept / (1 - Dropped));
        var loss = functional.cross_entropy(said, labels);
        loss.backward();
        return loss.detach().MoveToOuterDisposeScope();
    }

    public void Dispose() { }

    /// <summary>Each image shifted by itself.</summary>
    private static Tensor Shifted(Tensor images, Generator generator)
    {
        using var scope = NewDisposeScope();
        var count = images.shape[0];
        // From which row and column each pixel comes, [B, 32]; what leaves on one side comes back as the
        // border of the other.
        Tensor Places(long side) =>
            (
                arange(side, dtype: ScalarType.Int64)
                + randint(
                    -FarthestShift,
                    FarthestShift + 1,
                    [count, 1],
                    dtype: ScalarType.Int64,
                    generator: generator
                )
            ).remainder(side);
        var (height, width) = (images.shape[2], images.shape[3]);
        var (rows, columns) = (Places(height), Places(width));
        return images
            .gather(2, rows.view(count, 1, height, 1).expand(images.shape).to(images.device))
            .gather(3, columns.view(count, 1, 1, width).expand(images.shape).to(images.device))
            .MoveToOuterDisposeScope();
    }
}
