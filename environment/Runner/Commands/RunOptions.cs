using System;
using Diffusion.Runner.Execution;

namespace Diffusion.Runner.Commands;

/// <summary>How notebooks are run, whatever becomes of them.</summary>
/// <param name="CellTimeout">How long one cell may take.</param>
/// <param name="Jobs">
/// How many notebooks run at once. libtorch keeps two cores busy by itself: there two at a time were
/// slower than one after the other (environment/README.md has the measurement).
/// </param>
/// <param name="Children">Who runs them.</param>
internal sealed record RunOptions(TimeSpan CellTimeout, int Jobs, IChildren Children)
{
    /// <summary>libtorch's threads in each notebook; null for its own choice.</summary>
    public int? Threads => Jobs > 1 ? Math.Max(1, Environment.ProcessorCount / Jobs) : null;
}
