#nullable enable
using System;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Says which noise is in an image. All that a sampler knows of a network.</summary>
public interface INoisePredictor
{
    /// <summary>The noise ε in x_t (DDPM, eq. 11).</summary>
    /// <param name="x">x_t, <c>[B, C, H, W]</c>.</param>
    /// <param name="t">1 … T, the same for the whole batch.</param>
    /// <returns>ε, of <paramref name="x"/>'s shape, without gradients.</returns>
    Tensor Predict(Tensor x, int t);
}

/// <summary>A network without classes as a predictor.</summary>
public sealed class Unconditional : INoisePredictor
{
    private readonly NetworkCall call;

    /// <param name="network">Made without classes; it is put into evaluation mode.</param>
    /// <param name="precision">The fastest on this machine where nothing is said: see <see cref="PrecisionChoice"/>.</param>
    /// <param name="schedule">The one that the network was trained with; needed where it predicts something else than noise.</param>
    /// <exception cref="ArgumentException">The network has classes.</exception>
    public Unconditional(UNet network, Precision? precision = null, NoiseSchedule? schedule = null)
    {
        if (network.Config.Classes is not null)
            throw new ArgumentException(
                $"This network knows {network.Config.Classes} classes: use {nameof(Conditional)} and say which are wanted.",
                nameof(network)
            );
        call = new NetworkCall(network, precision, schedule);
    }

    public Tensor Predict(Tensor x, int t) => call.Predict(x, t, labels: null);
}

/// <summary>A network with classes as a predictor, asked for one class an image.</summary>
public sealed class Conditional : INoisePredictor
{
    private readonly NetworkCall call;
    private readonly Tensor labels;

    /// <param name="network">Made with classes; it is put into evaluation mode.</param>
    /// <param name="labels">int64 <c>[B]</c>, one for each image that will be predicted.</param>
    /// <param name="precision">The fastest on this machine where nothing is said: see <see cref="PrecisionChoice"/>.</param>
    /// <param name="schedule">The one that the network was trained with; needed where it predicts something else than noise.</param>
    /// <exception cref="ArgumentException">The network has no classes, or a label is none of them.</exception>
    public Conditional(
        UNet network,
        Tensor labels,
        Precision? precision = null,
        NoiseSchedule? schedule = null
    )
    {
        if (network.Config.Classes is not int classes)
            throw new ArgumentException(
                $"This network was made without classes: use {nameof(Unconditional)}.",
                nameof(network)
            );
        RequireLabels(labels, classes);
        this.labels = labels.clone().DetachFromDisposeScope();
        call = new NetworkCall(network, precision, schedule);
    }

    /// <exception cref="ArgumentException">Not int64 of shape [B], or a label is none of the classes.</exception>
    internal static void RequireLabels(Tensor labels, int classes)
    {
        if (labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.numel() == 0)
            throw new ArgumentException(
                $"Labels must be int64 of shape [B], one for each image, but are {labels.dtype} of shape [{string.Join(", ", labels.shape)}].",
                nameof(labels)
            );
        using (var scope = NewDisposeScope())
        {
            var (low, high) = (labels.min().item<long>(), labels.max().item<long>());
            if (low < 0 || high >= classes)
                throw new ArgumentException(
                    $"Labels go from {low} to {high}, but the network knows 0 to {classes - 1}.",
                    nameof(labels)
                );
        }
    }

    public Tensor Predict(Tensor x, int t) => call.Predict(x, t, labels);
}

/// <summary>Calls a network for a whole batch at one timestep.</summary>
internal sealed class NetworkCall
{
    private readonly UNet network;
    private readonly NoiseSchedule? schedule;
    private readonly CompiledUNet? compiled;

    public NetworkCall(UNet network, Precision? precision, NoiseSchedule? schedule)
    {
        if (network.Config.Prediction != Prediction.Noise && schedule is null)
            throw new ArgumentException(
                $"This network predicts {network.Config.Prediction}, not noise: give the schedule that it was trained with, so that the one can be turned into the other.",
                nameof(schedule)
            );
        if (schedule is not null && schedule.Steps != network.Config.Steps)
            throw new ArgumentException(
                $"The network was made for {network.Config.Steps} timesteps, the schedule has {schedule.Steps}: give the one that it was trained with.",
                nameof(schedule)
            );
        this.network = network;
        this.schedule = schedule;
        network.eval();
        var type =
            PrecisionChoice.Require(precision, network.Device) == Precision.BFloat16
                ? ScalarType.BFloat16
                : ScalarType.Float32;
        if (CompiledUNet.IsPossibleFor(network))
            compiled = network.Compiled(type);
    }

    public Tensor Predict(Tensor x, int t, Tensor? labels)
    {
        if (t < 0 || t > network.Config.Steps)
            throw new ArgumentOutOfRangeException(
                nameof(t),
                t,
                $"Timestep {t} lies outside of 0 to {network.Config.Steps}, for which this network was made."
            );
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var said = compiled is not null
            ? compiled.Predict(x, t, labels)
            : network.call(
                x,
                full(x.shape[0], (long)t, dtype: ScalarType.Int64, device: x.device),
                labels?.to(x.device)
            );
        if (network.Config.Prediction != Prediction.Noise)
            said = Predictions.ToNoise(said, network.Config.Prediction, x, schedule!.AlphaBar(t));
        return said.MoveToOuterDisposeScope();
    }
}
