#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>What a network is taught: from a batch to a loss and its gradients.</summary>
public interface ITrainingObjective : IDisposable
{
    /// <summary>Says what is taught, for a checkpoint: another text is another training.</summary>
    string Description { get; }

    /// <summary>Sets the gradients of the network's weights.</summary>
    /// <param name="images"><c>[B, C, H, W]</c>, on the network's device.</param>
    /// <param name="labels">int64 <c>[B]</c>, or null.</param>
    /// <param name="generator">Where all chance comes from, on the CPU.</param>
    /// <returns>The loss, a single number.</returns>
    Tensor Backward(Tensor images, Tensor? labels, Generator generator);
}

/// <summary>
/// To see the noise in an image (DDPM, algorithm 1 with the simple loss, eq. 14), or what follows from
/// it (<see cref="Prediction"/>), with or without a class.
/// </summary>
public sealed class Denoising : ITrainingObjective
{
    private readonly UNet network;
    private readonly NoiseSchedule schedule;
    private readonly ForwardProcess forward;
    private readonly TrainingRecipe recipe;
    private readonly CompiledTraining? compiled;
    private readonly Tensor alphaBars;

    /// <param name="network">Its T must be the schedule's.</param>
    /// <param name="schedule">The forward process that makes the training pairs.</param>
    /// <param name="recipe">Read for label dropping, weighting and precision.</param>
    /// <exception cref="ArgumentException">Network, schedule and recipe do not fit each other.</exception>
    public Denoising(UNet network, NoiseSchedule schedule, TrainingRecipe recipe)
        // Where the network's own convolutions are slow, the program is right and fast. Elsewhere it is a sixth faster, but
        // needs 0.9 GB more for 128 images.
        : this(network, schedule, recipe, HiddenCaches.Here && CompiledUNet.IsPossibleFor(network))
    { }

    /// <param name="compile">Whether in float32 the network's program is trained, or the network itself.</param>
    internal Denoising(UNet network, NoiseSchedule schedule, TrainingRecipe recipe, bool compile)
    {
        if (network.Config.Steps != schedule.Steps)
            throw new ArgumentException(
                $"The network was made for {network.Config.Steps} timesteps, the schedule has {schedule.Steps}: give both the same.",
                nameof(schedule)
            );
        if (recipe.LabelDropping > 0 && network.Config.Classes is null)
            throw new ArgumentException(
                $"Labels cannot be dropped from a network without classes: give it {nameof(UNetConfig.Classes)}, or leave {nameof(TrainingRecipe.LabelDropping)} out.",
                nameof(recipe)
            );
        this.network = network;
        this.schedule = schedule;
        this.recipe = recipe;
        forward = new ForwardProcess(schedule);
        alphaBars = tensor(
                Enumerable.Range(0, schedule.Steps + 1).Select(schedule.AlphaBar).ToArray()
            )
            .DetachFromDisposeScope();
        if (PrecisionChoice.ForTraining(recipe.Precision, network.Device) == Precision.BFloat16)
            compiled = new CompiledTraining(network);
        else if (compile)
            compiled = new CompiledTraining(network, ScalarType.Float32);
    }

    public string Description =>
        $"{schedule}; {network.Config.Prediction}, {network.Config.Activation}, channels {string.Join('-', network.Config.Channels)}, {network.Config.Classes} labels, {network.ParameterCount} weights";

    /// <summary>The loss on given images with given noise, in float32, with gradients.</summary>
    /// <param name="clean">x₀, <c>[B, C, H, W]</c>.</param>
    /// <param name="timesteps">int64 <c>[B]</c>, 1 … T.</param>
    /// <param name="noise">ε, of the images' shape.</param>
    /// <param name="labels">int64 <c>[B]</c> for a network with classes, null for one without.</param>
    /// <returns>A single number: the weighted mean squared error of the prediction.</returns>
    public Tensor Loss(Tensor clean, Tensor timesteps, Tensor noise, Tensor? labels = null)
    {
        using var scope = NewDisposeScope();
        var (noisy, target, weights) = Lesson(clean, timesteps, noise);
        var error = network.call(noisy, timesteps, labels) - target;
        var squares = weights is null ? error * error : error * error * weights;
        return squares.mean().MoveToOuterDisposeScope();
    }

    public Tensor Backward(Tensor images, Tensor? labels, Generator generator)
    {
        if (network.Config.Classes is null != labels is null)
            throw new ArgumentException(
                labels is null
                    ? $"This network knows {network.Config.Classes} classes: give the images' labels too."
                    : "This network was made without classes, so it takes no labels.",
                nameof(labels)
            );
        using var scope = NewDisposeScope();
        // Drawn on the CPU: a seed then means the same on every device.
        var count = images.shape[0];
        var timesteps = randint(
                1,
                schedule.Steps + 1,
                [count],
                dtype: ScalarType.Int64,
                generator: generator
            )
            .to(images.device);
        var noise = randn(images.shape, generator: generator).to(images.device);
        var seen = Dropped(labels, generator);

        Tensor loss;
        if (compiled is null)
        {
            loss = Loss(images, timesteps, noise, seen);
            loss.backward();
        }
        else
        {
            var (noisy, target, weights) = Lesson(images, timesteps, noise);
            loss = compiled.Backward(noisy, timesteps, seen, target, weights);
        }
        return loss.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        compiled?.Dispose();
        alphaBars.Dispose();
    }

    /// <summary>Input, what should come out, and how much each image counts, <c>[B, 1, 1, 1]</c> or null.</summary>
    private (Tensor Noisy, Tensor Target, Tensor? Weights) Lesson(
        Tensor clean,
        Tensor timesteps,
        Tensor noise
    )
    {
        var noisy = forward.Diffuse(clean, timesteps, noise);
        var alphaBar = alphaBars.index_select(0, timesteps.cpu()).view(-1, 1, 1, 1);
        Tensor? weights = null;
        if (recipe.SignalToNoiseLimit is double limit)
        {
            var ratio = alphaBar / (1 - alphaBar);
            // The error of x₀ counts min(SNR, γ); that of ε is it divided by SNR, that of v by SNR + 1.
            var counts = network.Config.Prediction switch
            {
                // So written, a ratio of 0 gives 1.
                Prediction.Noise => (limit / ratio).clamp(max: 1),
                Prediction.Velocity => ratio.clamp(max: limit) / (ratio + 1),
                _ => ratio.clamp(max: limit),
            };
            weights = counts.to(ScalarType.Float32).to(clean.device);
        }
        var target = Predictions.Target(
            network.Config.Prediction,
            clean,
            noise,
            alphaBar.to(ScalarType.Float32).to(clean.device)
        );
        return (noisy, target, weights);
    }

    /// <summary>The labels with some replaced by the null label; the caller's own stay as they are.</summary>
    internal Tensor? Dropped(Tensor? labels, Generator generator)
    {
        if (labels is null || recipe.LabelDropping == 0)
            return labels;
        var drops =
            rand(labels.shape, generator: generator).to(labels.device) < recipe.LabelDropping;
        return labels.masked_fill(drops, network.Config.Classes!.Value - 1);
    }
}
