using System.Linq;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Reports;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Benchmarks.Works;

/// <summary>Sampling, by the way that a notebook goes: a sampler that walks.</summary>
internal sealed class SamplingWork(Networks networks)
{
    private const int StridedSteps = 50;
    private const double GuidanceScale = 3;

    private readonly Generator generator = new(0);

    /// <summary>One step of DDPM in the middle of the way.</summary>
    public Work Step(int images, Precision format) =>
        OneStep($"sampling step, {Units.Images(images)}", Middle(eta: 1), images, format);

    /// <summary>One guided step of DDPM: the network sees each image twice.</summary>
    public Work Guided(int images, Precision format)
    {
        var predictor = new ClassifierFreeGuidance(
            networks.WithClasses,
            Networks.Labels(images),
            Networks.NoClass,
            GuidanceScale,
            format
        );
        return new Work(
            $"guided step, {Units.Images(images)}, {Units.Name(format)}",
            Walk(Middle(eta: 1), predictor, images)
        )
        {
            Flops = 2 * images * Flops.PerImage,
            Images = images,
            Format = format,
        };
    }

    /// <summary>The whole way from noise to images in few steps.</summary>
    public Work Strided(int images, Precision format)
    {
        var predictor = new Unconditional(networks.Plain, format);
        return Whole(
            $"{StridedSteps} strided steps, {Units.Images(images)}, {Units.Name(format)}",
            predictor,
            StridedSteps,
            images,
            format
        );
    }

    /// <summary>The whole way in a number of steps of choice.</summary>
    public Work Whole(int steps, int images, Precision format) =>
        Whole(
            $"{steps} steps, {Units.Images(images)}",
            new Unconditional(networks.Plain, format),
            steps,
            images,
            format
        );

    /// <summary>One step of each kind of sampler that the library has.</summary>
    public Work[] Kinds(int images, Precision format) =>
        [
            OneStep($"DDPM step, {Units.Images(images)}", Middle(eta: 1), images, format),
            OneStep(
                $"clipped DDPM step, {Units.Images(images)}",
                Middle(1, clip: true),
                images,
                format
            ),
            OneStep($"DDIM step, {Units.Images(images)}", Middle(eta: 0), images, format),
            OneStep($"step with eta 0.5, {Units.Images(images)}", Middle(eta: 0.5), images, format),
        ];

    /// <summary>What is left of a step where the network costs nothing.</summary>
    public Work WithoutNetwork(int images) =>
        new(
            $"DDPM step without a network, {Units.Images(images)}",
            Walk(Middle(eta: 1), new NoNetwork(), images)
        )
        {
            Images = images,
        };

    private Work OneStep(string name, Sampler sampler, int images, Precision format)
    {
        var predictor = new Unconditional(networks.Plain, format);
        return new Work($"{name}, {Units.Name(format)}", Walk(sampler, predictor, images))
        {
            Flops = images * Flops.PerImage,
            Images = images,
            Format = format,
        };
    }

    private static Work Whole(
        string name,
        INoisePredictor predictor,
        int steps,
        int images,
        Precision format
    )
    {
        var sampler = Sampler.Strided(Networks.Schedule, steps);
        return new Work(
            name,
            () => sampler.Sample(predictor, [images, 1, 32, 32], seed: 0).Dispose()
        )
        {
            Flops = steps * images * Flops.PerImage,
            Images = images,
            Format = format,
        };
    }

    // A walk whose first step is an ordinary one; the second, to 0, is never made.
    private static Sampler Middle(double eta, bool clip = false) =>
        new(Networks.Schedule, [500, 499, 0], eta, clip);

    private System.Action Walk(Sampler sampler, INoisePredictor predictor, int images)
    {
        var x = randn([images, 1, 32, 32], generator: generator);
        return () => sampler.Steps(predictor, x, generator).First().Dispose();
    }

    private sealed class NoNetwork : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => x.alias();
    }
}
