using System;

namespace Diffusion.Runner.Notebooks;

/// <summary>What a notebook's run took of time and memory. All times are from its beginning.</summary>
/// <param name="Total">To the end of its process.</param>
/// <param name="Prepared">Until the first cell could begin: checks, start, compiling, loading libtorch. All of it where no cell began.</param>
/// <param name="FirstOutput">Until the first cell that shows something had ended; null where none did.</param>
/// <param name="PeakBytes">The most memory that its process held at once, as the system counts; 0 where it doesn't say.</param>
public sealed record RunCosts(
    TimeSpan Total,
    TimeSpan Prepared,
    TimeSpan? FirstOutput,
    long PeakBytes
)
{
    /// <summary>How long the cells took, and the little between them.</summary>
    public TimeSpan Running => Total - Prepared;
}
