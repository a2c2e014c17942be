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
        var (ours, plain) = (Networks.Default, Precision.Float32);
        foreach (var (images, runs) in new[] { (1, 20), (10, 5), (100, 1) })
            yield return new Pair(
                $"sampling step, {Units.Images(images)}",
                "sample",
                images,
                1,
                runs,
                sampling.Step(images, ours),
                sampling.Step(images, plain)
            );
        foreach (var (images, runs) in new[] { (10, 3), (100, 1) })
            yield return new Pair(
                $"guided step, {Units.Images(images)}",
                "guided",
                images,
                1,
                runs,
                sampling.Guided(images, ours),
                sampling.Guided(images, plain)
            );
        yield return new Pair(
            "50 strided steps, 100 images",
            "strided",
            100,
            0,
            1,
            sampling.Strided(100, ours),
            sampling.Strided(100, plain)
        );
        yield return new Pair(
            "training step, 128 images",
            "train",
            128,
            1,
            1,
            TrainingWork.Step(data, ours),
            TrainingWork.Step(data, plain)
        );
        yield return new Pair(
            "loading 60,000 images",
            "load",
            60_000,
            0,
            1,
            TrainingWork.Loading,
            TrainingWork.Loading
        );
    }
}
