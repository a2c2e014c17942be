#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>One row of the results: which model, drawn how, how often.</summary>
public sealed record Experiment
{
    /// <summary>A recipe's name, whose weights are in <c>data/weights</c>; or <see cref="Real"/>.</summary>
    public required string Model { get; init; }

    /// <summary><c>ddim</c> (the family of DDIM and DDPM, with <see cref="Eta"/>), <c>dpm-solver++</c> or <c>unipc</c>.</summary>
    public string Solver { get; init; } = "ddim";

    /// <summary>Steps, 1 … T.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>
    /// Of the list of timesteps (<see cref="Spacing.Power"/>): 1 for steps of even size; with more,
    /// there are more of them where there is little noise.
    /// </summary>
    public double Power { get; init; } = 1;

    /// <summary>η of the ddim family.</summary>
    public double Eta { get; init; }

    /// <summary>Guidance; 1 is the plain conditional prediction.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The worse model that <see cref="Autoguidance"/> goes away from; null where guidance is classifier-free.</summary>
    public string? Guide { get; init; }

    /// <summary>The timesteps at which it is guided, both included (<see cref="GuidanceInterval"/>); null is at all.</summary>
    public (int Low, int High)? Interval { get; init; }

    /// <summary>Images; a multiple of 100.</summary>
    public int Count { get; init; } = 10_000;

    /// <summary>Of the network.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Batch b is drawn from this + b.</summary>
    public long Seed { get; init; } = 1_000_000;

    /// <summary>Whether the images also teach a classifier: see <see cref="ClassificationAccuracyScore"/>.</summary>
    public bool Teaches { get; init; }

    /// <summary>In place of a model: the first training images, which no model was asked to draw.</summary>
    public const string Real = "real";

    /// <summary>Network evaluations for one image: a step that is guided takes two.</summary>
    public int Evaluations =>
        Model == Real ? 0
        : Scale == 1 ? Steps
        : Steps + Timesteps(ModelRecipe.Named(Model).Schedule!).Count(IsGuided);

    private bool IsGuided(int t) =>
        t > 0 && (Interval is not (var low, var high) || (t >= low && t <= high));

    /// <summary>
    /// Says which weights the images are drawn with: the first 12 hex digits of the file's SHA-256, a
    /// guide's after a plus sign; empty for real images.
    /// </summary>
    /// <exception cref="FileNotFoundException">The weights are missing.</exception>
    public string WeightsVersion() =>
        Model == Real ? ""
        : Guide is null ? VersionOf(Model)
        : $"{VersionOf(Model)}+{VersionOf(Guide)}";

    private static string VersionOf(string model) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(WeightsFile(model))))[..12];

    /// <summary>Trials are not shipped: their weights stay where they were trained.</summary>
    private static string WeightsFile(string model) =>
        Host.Find(
            ModelRecipe.All.Any(r => r.Name == model)
                ? $"data/weights/{model}.safetensors"
                : $"work/training/{model}/{model}.safetensors"
        );

    /// <summary>A name for files.</summary>
    public string Key =>
        Model == Real
            ? FormattableString.Invariant($"{Model}-n{Count}")
            : FormattableString.Invariant(
                $"{Model}-{Solver}-{Steps}{(Power == 1 ? "" : $"-power{Power}")}-eta{Eta}-scale{Scale}{(Guide is null ? "" : $"-{Guide}")}{(Interval is (var low, var high) ? $"-within{low}-{high}" : "")}-n{Count}-seed{Seed}-{Precision}"
            );

    /// <summary>Draws the images and measures them.</summary>
    /// <param name="measure">With the test images.</param>
    /// <param name="folder">Where images are kept, in a folder of the experiment's name; null keeps none.</param>
    /// <param name="cancelled">Asked before each batch of images.</param>
    /// <exception cref="FileNotFoundException">The model's weights are missing.</exception>
    /// <exception cref="ArgumentException">There is no such model or solver.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is drawn is kept.</exception>
    public ExperimentResult Run(
        QualityMeasure measure,
        string? folder = null,
        Func<bool>? cancelled = null
    )
    {
        using var scope = NewDisposeScope();
        if (Model == Real)
        {
            using var train = FashionMnist.Train();
            return new ExperimentResult(
                this,
                0,
                Measured(measure, train.Images[..Count], train.Labels[..Count]),
                WeightsVersion()
            );
        }
        var version = WeightsVersion();
        if (folder is not null)
            folder = ImagesIn(folder);
        var resumed = folder is not null && GeneratedImages.HasSome(folder);
        var clock = Stopwatch.StartNew();
        var images = Draw(folder, cancelled);
        clock.Stop();
        var asked = ModelRecipe.Named(Model).UsesLabels ? ModelSamples.Labels(Count) : null;
        return new ExperimentResult(
            this,
            resumed || Host.Device.type != DeviceType.CPU
                ? double.NaN
                : clock.Elapsed.TotalSeconds * 1000 / Count,
            Measured(measure, images, asked),
            version
        );
    }

    /// <summary>Deletes the images that were drawn and kept, so that they are drawn again.</summary>
    /// <param name="folder">As in <see cref="Run"/>.</param>
    public void Forget(string folder)
    {
        if (Model != Real)
            GeneratedImages.Forget(ImagesIn(folder), Count);
    }

    /// <summary>Other weights, other images: those of the same name are kept apart.</summary>
    private string ImagesIn(string folder) => Path.Combine(folder, Key, WeightsVersion());

    private Quality Measured(QualityMeasure measure, Tensor images, Tensor? labels)
    {
        var quality = measure.Of(images, labels);
        if (!Teaches)
            return quality;
        if (labels is null)
            throw new InvalidOperationException(
                $"'{this}' draws images without labels, from which no classifier can learn."
            );
        using var test = FashionMnist.Test();
        return quality with
        {
            AccuracyScore = ClassificationAccuracyScore.Of(images, labels, test),
        };
    }

    /// <summary>The images alone, <c>[Count, 1, 32, 32]</c>, [−1, 1].</summary>
    private Tensor Draw(string? folder, Func<bool>? cancelled)
    {
        var schedule = ModelRecipe.Named(Model).Schedule!;
        using var network = Loaded(Model);
        using var guide = Guide is null ? null : Loaded(Guide);
        INoisePredictor Predictor(UNet of, double scale) =>
            ModelSamples.Predictor(of, schedule, GeneratedImages.Batch, scale, Precision);
        var plain = Predictor(network, 1);
        var guided =
            guide is not null ? new Autoguidance(plain, Predictor(guide, 1), Scale)
            : Scale == 1 ? plain
            : Predictor(network, Scale);
        return GeneratedImages.Draw(
            MakeSampler(schedule),
            Interval is (var low, var high)
                ? new GuidanceInterval(guided, plain, low, high)
                : guided,
            Count,
            Seed,
            folder,
            ToString(),
            cancelled
        );
    }

    private static UNet Loaded(string model)
    {
        var network = (UNet)ModelRecipe.Named(model).MakeNetwork();
        Weights.Load(network, WeightsFile(model));
        return network;
    }

    /// <summary>The sampler, which clips the predicted image.</summary>
    public ISampler MakeSampler(NoiseSchedule schedule) =>
        Solver switch
        {
            "ddim" => new Sampler(schedule, Timesteps(schedule), Eta, clip: true),
            "dpm-solver++" => new DpmSolver(schedule, Timesteps(schedule), clip: true),
            "unipc" => new UniPc(schedule, Timesteps(schedule), clip: true),
            _ => throw new ArgumentException(
                $"There is no solver '{Solver}': choose ddim, dpm-solver++ or unipc."
            ),
        };

    private IReadOnlyList<int> Timesteps(NoiseSchedule schedule) =>
        Spacing.Power(schedule.Steps, Steps, Power);

    public override string ToString() =>
        Model == Real
            ? FormattableString.Invariant($"{Count:n0} real training images")
            : FormattableString.Invariant(
                $"{Model}, {Solver}, {Steps} steps{(Power == 1 ? "" : $" of power {Power}")}, eta {Eta}, scale {Scale}{(Guide is null ? "" : $" away from {Guide}")}{(Interval is (var low, var high) ? $" for {low} <= t <= {high}" : "")}, {Count:n0} images, {Precision}"
            );
}

/// <summary>An experiment and what came of it.</summary>
/// <param name="SecondsPerThousand">Time to draw a thousand images on a CPU, all steps; 0 for real ones, NaN where some were drawn in an earlier sitting, or on a GPU.</param>
/// <param name="WeightsVersion">See <see cref="Experiment.WeightsVersion"/>: with other weights the result would be another.</param>
public sealed record ExperimentResult(
    Experiment Experiment,
    double SecondsPerThousand,
    Quality Quality,
    string WeightsVersion
)
{
    public override string ToString() => $"{Experiment}: {Quality}";
}
