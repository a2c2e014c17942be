using System;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Reports;
using TorchSharp;

namespace Diffusion.Benchmarks.Works;

/// <summary>One step of training on real images, of a network of its own.</summary>
internal static class TrainingWork
{
    private const int BatchSize = 128;

    public static Work Step(FashionMnist data, Precision format)
    {
        var recipe = new TrainingRecipe
        {
            BatchSize = BatchSize,
            Precision = format,
            Epochs = int.MaxValue / 2, // read as far as it is needed
            RateDecay = 1,
        };
        var trainer = new Trainer(new UNet(new UNetConfig()), Networks.Schedule, recipe);
        var steps = trainer.Run(data.Images).GetEnumerator();
        return new Work(
            $"training step, {BatchSize} images, {Units.Name(format)}",
            () => steps.MoveNext()
        )
        {
            Flops = BatchSize * Flops.PerTrainedImage,
            Images = BatchSize,
            Format = format,
        };
    }

    public static Work Loading { get; } =
        new("loading 60,000 images", () => FashionMnist.Train().Dispose()) { Images = 60_000 };
}
