#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>
/// Says what a picture of 32x32 pixels shows: six convolutions, each at half the height and width of
/// the one before, or at the same and then added to it, and an average over what is left of the pixels.
/// </summary>
/// <remarks>
/// Its 256 features, from which a last layer reads the class, are what <see cref="FrechetDistance"/>
/// compares images by. Made for T timesteps it is told how noisy the image is, and can steer a
/// sampler (<see cref="ClassifierGuidance"/>).
/// </remarks>
public sealed class Classifier : Module<Tensor, Tensor?, Tensor>
{
    /// <summary>Length of the features.</summary>
    public const int FeatureCount = 256;

    private const int TimeWidth = 128;
    private const int Groups = 8;

    private static readonly (int Width, int Halving)[] Blocks =
    [
        (32, 1),
        (64, 2),
        (64, 1),
        (128, 2),
        (128, 1),
        (FeatureCount, 2),
    ];

    private static readonly long[] ImageShape = [1, 32, 32];

    private readonly ModuleList<Conv2d> convolutions = new();
    private readonly ModuleList<GroupNorm> norms = new();
    private readonly ModuleList<Linear> shifts = new();
    private readonly TimestepEmbedding? clock;
    private readonly Linear head;

    /// <param name="classes">How many there are.</param>
    /// <param name="steps">T, for noisy images; null for clean ones.</param>
    /// <param name="seed">Where the starting weights come from.</param>
    public Classifier(int classes = 10, int? steps = null, long seed = 0)
        : base(nameof(Classifier))
    {
        (Steps, Classes) = (steps, classes);
        if (steps is int t)
            clock = new TimestepEmbedding(TimeWidth, t, Activation.SiLU);
        var width = 1;
        foreach (var (next, _) in Blocks)
        {
            convolutions.Add(Conv2d(width, next, 3, padding: 1, bias: false));
            if (width > 1)
                norms.Add(GroupNorm(Groups, next));
            if (steps is not null)
                shifts.Add(Linear(TimeWidth, next));
            width = next;
        }
        head = Linear(width, classes);
        RegisterComponents();
        StartingWeights.Draw(this, seed);
    }

    /// <summary>T, or null where the classifier sees clean images only.</summary>
    public int? Steps { get; }

    /// <summary>How many classes it knows.</summary>
    public int Classes { get; }

    /// <summary>How much speaks for each class: the logarithms of the probabilities, up to a constant.</summary>
    /// <param name="images"><c>[B, 1, 32, 32]</c>, [−1, 1] when clean.</param>
    /// <param name="timesteps">int64 <c>[B]</c> for a classifier of noisy images, null for one of clean ones.</param>
    /// <returns><c>[B, classes]</c>.</returns>
    /// <exception cref="ArgumentException">The images' shape is another, timesteps are missing, or given to a classifier of clean images.</exception>
    public override Tensor forward(Tensor images, Tensor? timesteps = null)
    {
        using var scope = NewDisposeScope();
        return FromFeatures(Features(images, timesteps)).MoveToOuterDisposeScope();
    }

    /// <summary>The last layer alone.</summary>
    /// <param name="features"><c>[B, 256]</c>.</param>
    /// <returns><c>[B, classes]</c>, as <see cref="forward"/>.</returns>
    public Tensor FromFeatures(Tensor features) => head.call(features);

    /// <summary>What the last layer sees.</summary>
    /// <inheritdoc cref="forward"/>
    /// <returns><c>[B, 256]</c>.</returns>
    public Tensor Features(Tensor images, Tensor? timesteps = null)
    {
        if (Steps is null != timesteps is null)
            throw new ArgumentException(
                Steps is null
                    ? "This classifier was made for clean images, so it takes no timesteps."
                    : $"This classifier was made for images at timesteps 0 to {Steps}: say at which they are.",
                nameof(timesteps)
            );
        if (images.dim() != 4 || !images.shape.Skip(1).SequenceEqual(ImageShape))
            throw new ArgumentException(
                $"Images of shape [{string.Join(", ", images.shape)}] do not fit: this classifier takes [B, {string.Join(", ", ImageShape)}].",
                nameof(images)
            );
        using var scope = NewDisposeScope();
        var embedding = timesteps is null ? null : functional.silu(clock!.call(timesteps));
        var h = images;
        for (var i = 0; i < Blocks.Length; i++)
        {
            if (Blocks[i].Halving > 1)
                h = functional.max_pool2d(h, Blocks[i].Halving);
            var before = h;
            h = convolutions[i].call(h);
            // Not in the first: how bright and how rich in contrast an image is tells something too.
            if (i > 0)
                h = norms[i - 1].call(h);
            if (embedding is not null)
                h = h + shifts[i].call(embedding).unsqueeze(-1).unsqueeze(-1);
            h = functional.silu(h);
            if (h.shape[1] == before.shape[1])
                h = h + before;
        }
        return h.mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The likeliest class of each image.</summary>
    /// <param name="images">Any number of them, <c>[N, 1, 32, 32]</c>, clean; seen in batches.</param>
    /// <param name="progress">The title of a progress bar; none where nothing is said.</param>
    /// <returns>int64 <c>[N]</c>.</returns>
    public Tensor Predict(Tensor images, string? progress = null)
    {
        using var scope = NewDisposeScope();
        return InBatches(images, batch => call(batch, null).argmax(1), progress)
            .MoveToOuterDisposeScope();
    }

    /// <summary>The share of images whose likeliest class is their label, 0 … 1.</summary>
    /// <param name="images"><c>[N, 1, 32, 32]</c>.</param>
    /// <param name="labels">int64 <c>[N]</c>.</param>
    /// <param name="progress">The title of a progress bar; none where nothing is said.</param>
    public double Accuracy(Tensor images, Tensor labels, string? progress = null)
    {
        using var scope = NewDisposeScope();
        return Share(Predict(images, progress), labels);
    }

    /// <summary>The share of answers that are right, 0 … 1.</summary>
    /// <param name="said">int64 <c>[N]</c>: classes.</param>
    /// <param name="labels">int64 <c>[N]</c>: what they should be.</param>
    public static double Share(Tensor said, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return (said == labels).to(ScalarType.Float64).mean().item<double>();
    }

    /// <summary>The features of any number of clean images.</summary>
    /// <returns>float32 <c>[N, 256]</c>.</returns>
    public Tensor AllFeatures(Tensor images) => InBatches(images, batch => Features(batch));

    private Tensor InBatches(Tensor images, Func<Tensor, Tensor> see, string? progress = null)
    {
        const int Size = 250;
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        eval();
        var results = new List<Tensor>();
        var count = (int)((images.shape[0] + Size - 1) / Size);
        var batches = Enumerable.Range(0, count);
        foreach (var b in progress is null ? batches : Progress.Over(batches, count, progress))
        {
            Host.ThrowIfStopped();
            using var batch = NewDisposeScope();
            var start = (long)b * Size;
            var some = images.narrow(0, start, Math.Min(Size, images.shape[0] - start));
            results.Add(see(some.to(Host.Device)).cpu().MoveToOuterDisposeScope());
        }
        return cat(results, dim: 0).MoveToOuterDisposeScope();
    }
}
