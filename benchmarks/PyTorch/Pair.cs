using System;
using System.Collections.Generic;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Reports;
using Diffusion.Benchmarks.Works;

namespace Diffusion.Benchmarks.PyTorch;

/// <summary>The same work for PyTorch and for us.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Kind">As pytorch.py calls it.</param>
/// <param name="Images">In a batch.</param>
/// <param name="WarmUps">Runs before those that count; 0 for what is long enough not to feel the beginning.</param>
/// <param name="Runs">In one turn; more of what is short.</param>
/// <param name="Ours">The library's own choice of number format.</param>
/// <param name="OursInFloat32">The article's number format.</param>
internal sealed record Pair(
    string Name,
    string Kind,
    int Images,
    int WarmUps,
    int Runs,
    Work Ours,
    Work OursInFloat32
)
{
    public static IEnumerable<Pair> All(Networks networks, FashionMnist data)
    {
        var sampling = new SamplingWork(networks);
        // Small batches in as long a row as sampling takes them in: the first steps of a turn find the caches of
        // whoever worked before.
        foreach (var (images, runs) in new[] { (1, 50), (10, 50), (100, 5) })
            yield return Of(
                $"sampling step, {Units.Images(images)}",
                "sample",
                images,
                3,
                runs,
                format => sampling.Step(images, format)
            );
        foreach (var (images, runs) in new[] { (10, 25), (100, 3) })
            yield return Of(
                $"guided step, {Units.Images(images)}",
                "guided",
                images,
                3,
                runs,
                format => sampling.Guided(images, format)
            );
        yield return Of(
            "50 strided steps, 100 images",
            "strided",
            100,
            0,
            1,
            format => sampling.Strided(100, format)
        );
        yield return Of(
            "training step, 128 images",
            "train",
            128,
            1,
            1,
            format => TrainingWork.Step(data, format)
        );
        yield return Of("loading 60,000 images", "load", 60_000, 0, 1, _ => TrainingWork.Loading);
    }

    private static Pair Of(
        string name,
        string kind,
        int images,
        int warmUps,
        int runs,
        Func<Precision, Work> work
    ) => new(name, kind, images, warmUps, runs, work(Networks.Default), work(Precision.Float32));
}
