using System.Globalization;
using Diffusion.Benchmarks.Reports;
using Diffusion.Benchmarks.Works;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Benchmarks.Commands;

/// <summary>What bfloat16 changes: a prediction, the loss, a whole walk from noise to images.</summary>
internal static class PrecisionSection
{
    private const int Images = 256;
    private const int Walks = 100;
    private const int Steps = 50;

    public static void AddTo(Report report, Networks networks)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var exact = new Unconditional(networks.Plain, Precision.Float32);
        var rounded = new Unconditional(networks.Plain, Precision.BFloat16);
        report.Add(
            "A prediction",
            $"On {Images} test images, the same noise for all, seed 0. The difference is that of the two predictions, as a part of the float32 prediction's spread.",
            Predictions(exact, rounded)
        );
        report.Add(
            "From noise to images",
            $"{Walks} images in {Steps} steps at eta 0, clipped, from the same noise, seed 0; pixels lie in [-1, 1]. The last row tells how different images are that have nothing to do with each other.",
            Trajectories(exact, rounded)
        );
    }

    private static MarkdownTable Predictions(INoisePredictor exact, INoisePredictor rounded)
    {
        using var data = FashionMnist.Test();
        using var generator = new Generator(0);
        var clean = data.Images.narrow(0, 0, Images);
        var noise = randn(clean.shape, generator: generator);
        var forward = new ForwardProcess(Networks.Schedule);
        var table = new MarkdownTable("t", "loss, float32", "loss, bfloat16", "difference");
        foreach (var t in new[] { 1, 20, 100, 300, 600, 1000 })
        {
            var x = forward.Diffuse(clean, t, noise);
            var (a, b) = (exact.Predict(x, t), rounded.Predict(x, t));
            string Loss(Tensor predicted) => Number((predicted - noise).square().mean(), "0.00000");
            table.Add($"{t}", Loss(a), Loss(b), Number((a - b).std() / a.std(), "0.00 %"));
        }
        return table;
    }

    private static MarkdownTable Trajectories(INoisePredictor exact, INoisePredictor rounded)
    {
        var sampler = Sampler.Ddim(Networks.Schedule, Steps, clip: true);
        Tensor Walk(INoisePredictor predictor, long seed) =>
            sampler.Sample(predictor, [Walks, 1, 32, 32], seed);
        var (a, b) = (Walk(exact, 0), Walk(rounded, 0));
        var table = new MarkdownTable(
            "images",
            "mean brightness",
            "spread",
            "difference from float32 (root mean square)",
            "pixels off by more than 0.1"
        );
        foreach (
            var (name, images) in new[]
            {
                ("float32", a),
                ("bfloat16", b),
                ("float32, another seed", Walk(exact, 1)),
            }
        )
            table.Add(
                name,
                Number(images.mean(), "0.000"),
                Number(images.std(), "0.000"),
                Number((images - a).square().mean().sqrt(), "0.000"),
                Number((images - a).abs().gt(0.1).to(ScalarType.Float32).mean(), "0.0 %")
            );
        return table;
    }

    private static string Number(Tensor value, string format) =>
        value.to(ScalarType.Float64).item<double>().ToString(format, CultureInfo.InvariantCulture);
}
