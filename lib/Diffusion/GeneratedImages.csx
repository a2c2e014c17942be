#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Many images of one network and sampler, drawn in batches, and kept in a folder as they come, so
/// that drawing ten thousand survives an interruption.
/// </summary>
public static class GeneratedImages
{
    /// <summary>Images a batch; the labels go through all classes in each.</summary>
    public const int Batch = 100;

    /// <param name="sampler">How they are drawn.</param>
    /// <param name="predictor">For batches of <see cref="Batch"/> images.</param>
    /// <param name="count">A multiple of <see cref="Batch"/>.</param>
    /// <param name="seed">Batch b is drawn from seed + b.</param>
    /// <param name="folder">Where the batches are kept; made where it is missing, null keeps none.</param>
    /// <param name="title">Of the progress bar.</param>
    /// <param name="cancelled">Asked before each batch.</param>
    /// <returns>uint8-rounded images as a figure shows them, float32 <c>[count, 1, 32, 32]</c> in [−1, 1].</returns>
    /// <exception cref="InvalidDataException">In the place of a batch there is something else, or a damaged one.</exception>
    /// <exception cref="ArgumentException">The count is no multiple of the batch.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, or the notebook's Stop was pressed; what is drawn is kept.</exception>
    public static Tensor Draw(
        ISampler sampler,
        INoisePredictor predictor,
        int count,
        long seed,
        string? folder = null,
        string title = "Drawing",
        Func<bool>? cancelled = null
    )
    {
        if (count < Batch || count % Batch != 0)
            throw new ArgumentException(
                $"{count} images are asked for, but they are drawn {Batch} at a time: choose a multiple.",
                nameof(count)
            );
        using var scope = NewDisposeScope();
        if (folder is not null)
            Directory.CreateDirectory(folder);
        var batches = Enumerable.Range(0, count / Batch);
        var pixels = new List<Tensor>();
        foreach (var b in Progress.Over(batches, count / Batch, title))
        {
            if (cancelled?.Invoke() == true)
                throw new OperationCanceledException("Drawing was cancelled.");
            using var one = NewDisposeScope();
            pixels.Add(One(b).MoveToOuterDisposeScope());
        }
        return Images.FromBytes(cat(pixels, dim: 0)).MoveToOuterDisposeScope();

        Tensor One(int b)
        {
            var path = folder is null ? null : PathOf(folder, b);
            if (path is not null && Path.Exists(path))
                return Kept(path)
                    ?? throw new InvalidDataException(
                        $"'{path}' is not a whole batch of images: move it elsewhere, or delete it, and draw again."
                    );
            var drawn = Images.ToBytes(
                Sampling.Draw(sampler, predictor, [Batch, 1, 32, 32], seed + b)
            );
            if (path is not null)
                Weights.Save(
                    new Dictionary<string, Tensor> { ["pixels"] = drawn },
                    new Dictionary<string, string>(),
                    path
                );
            return drawn;
        }
    }

    /// <summary>Whether a folder holds batches of an earlier sitting.</summary>
    public static bool HasSome(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any();

    /// <summary>Deletes the batches in a folder, and nothing else that is there.</summary>
    public static void Forget(string folder, int count)
    {
        using var scope = NewDisposeScope();
        for (var b = 0; b < count / Batch; b++)
            if (Kept(PathOf(folder, b)) is not null)
                File.Delete(PathOf(folder, b));
    }

    private static string PathOf(string folder, int batch) =>
        Path.Combine(
            folder,
            $"batch-{batch.ToString("d4", CultureInfo.InvariantCulture)}.safetensors"
        );

    /// <summary>A batch that was drawn before; null where it is missing or damaged.</summary>
    private static Tensor? Kept(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return
                Weights.Read(path).Tensors.TryGetValue("pixels", out var pixels)
                && pixels.shape.SequenceEqual([Batch, 1, 32, 32])
                ? pixels
                : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
