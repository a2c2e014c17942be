using System;

namespace Diffusion.Runner.Execution;

/// <summary>How long it may take to read and compile. A chapter needs seconds; this is for a compiler that hangs.</summary>
internal static class CompileLimits
{
    private static readonly TimeSpan OfOneCell = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OfANotebook = TimeSpan.FromMinutes(10);

    public static string TooLong { get; } =
        $"To compile this took longer than {OfOneCell.TotalMinutes:0} minutes, or the notebook longer than {OfANotebook.TotalMinutes:0}, and was ended: take it apart.";

    /// <summary>The time for what is looked at next.</summary>
    /// <param name="elapsed">Since the notebook was begun.</param>
    public static TimeSpan Next(TimeSpan elapsed)
    {
        var left = OfANotebook - elapsed;
        return left < TimeSpan.Zero ? TimeSpan.Zero
            : left < OfOneCell ? left
            : OfOneCell;
    }
}
