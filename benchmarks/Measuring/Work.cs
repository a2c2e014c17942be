using System;

namespace Diffusion.Benchmarks.Measuring;

/// <summary>Something whose time is measured.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Run">Does it once; may be called any number of times.</param>
internal sealed record Work(string Name, Action Run)
{
    /// <summary>Floating-point operations of one run; 0 where counting them means nothing.</summary>
    public double Flops { get; init; }

    /// <summary>Bytes that one run reads and writes in memory; 0 where counting them means nothing.</summary>
    public double Bytes { get; init; }

    /// <summary>Images that one run works on; 0 where there are none.</summary>
    public int Images { get; init; }

    /// <summary>The number format of its convolutions.</summary>
    public Precision Format { get; init; } = Precision.Float32;
}
