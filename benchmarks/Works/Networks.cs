using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Benchmarks.Works;

/// <summary>The networks that all works share. They live as long as the process.</summary>
internal sealed class Networks
{
    /// <summary>The label that stands for no class.</summary>
    public const int NoClass = 10;

    public Networks()
    {
        Plain = new UNet(new UNetConfig());
        Weights.Load(Plain, WeightsFile);
        // Its weights are random: the time does not hang on them.
        WithClasses = new UNet(new UNetConfig { Classes = NoClass + 1 });
    }

    /// <summary>The trained weights of the network without classes.</summary>
    public static string WeightsFile => Host.Find("data/weights/unconditional.safetensors");

    public static NoiseSchedule Schedule { get; } = NoiseSchedule.Linear();

    public UNet Plain { get; }

    public UNet WithClasses { get; }

    /// <summary>float32, and bfloat16 where the library has a program for it.</summary>
    public IReadOnlyList<Precision> Formats =>
        PrecisionChoice.IsRightOn(Plain.Device)
            ? [Precision.Float32, Precision.BFloat16]
            : [Precision.Float32];

    /// <summary>The library's own choice on this machine.</summary>
    public static Precision Default => PrecisionChoice.For(CPU);

    /// <summary>Labels 0, 1, … 9, 0, …, int64 <c>[n]</c>.</summary>
    public static Tensor Labels(int images) => arange(images, ScalarType.Int64) % NoClass;
}
