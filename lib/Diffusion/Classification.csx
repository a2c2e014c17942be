#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>To tell the classes apart: the cross-entropy between what a classifier says and the labels.</summary>
/// <remarks>
/// Half of the images are mirrored, so that the classifier learns from twice as many. One that is made for
/// timesteps sees each image at a timestep of its own (Dhariwal and Nichol 2021, section 4.1).
/// </remarks>
public sealed class Classification : ITrainingObjective
{
    private readonly Classifier classifier;
    private readonly ForwardProcess? forward;
    private readonly bool mirrors;

    /// <param name="classifier">For clean or noisy images.</param>
    /// <param name="schedule">The noise that a classifier of noisy images learns with; null for clean images.</param>
    /// <param name="mirrors">Whether to mirror half of the images.</param>
    /// <exception cref="ArgumentException">Classifier and schedule do not fit each other.</exception>
    public Classification(
        Classifier classifier,
        NoiseSchedule? schedule = null,
        bool mirrors = true
    )
    {
        if (classifier.Steps != schedule?.Steps)
            throw new ArgumentException(
                $"The classifier was made for {classifier.Steps ?? 0} timesteps, the schedule has {schedule?.Steps ?? 0}: give both the same, or none to both.",
                nameof(schedule)
            );
        this.classifier = classifier;
        this.mirrors = mirrors;
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
        using var scope = NewDisposeScope();
        var count = images.shape[0];
        var seen = images;
        if (mirrors)
        {
            var mirrored = (rand([count, 1, 1, 1], generator: generator) < 0.5).to(images.device);
            seen = where(mirrored, images.flip(3), images);
        }
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
        var loss = functional.cross_entropy(classifier.call(seen, timesteps), labels);
        loss.backward();
        return loss.detach().MoveToOuterDisposeScope();
    }

    public void Dispose() { }
}
