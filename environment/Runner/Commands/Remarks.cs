using System;
using System.Collections.Generic;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Commands;

/// <summary>
/// What a reader would have minded in a run that went through. Times depend on what else the machine
/// does, so none of this is a failure.
/// </summary>
internal static class Remarks
{
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan LatestFirstOutput = TimeSpan.FromSeconds(15);
    public const long MostMemory = 4L << 30;

    public static IEnumerable<string> Of(ExecutedNotebook notebook)
    {
        foreach (var cell in notebook.Cells.Where(IsSilentForLong))
            yield return $"{notebook.Name}, cell {cell.Number} (line {cell.Line}) took {cell.Elapsed.TotalSeconds:f1} s and showed no progress: go through its loop with Progress.Over.";
        if (notebook.Costs.FirstOutput > LatestFirstOutput)
            yield return $"{notebook.Name} showed nothing for {notebook.Costs.FirstOutput.Value.TotalSeconds:f1} s.";
        if (notebook.Costs.PeakBytes > MostMemory)
            yield return $"{notebook.Name} needed {Summary.Megabytes(notebook.Costs.PeakBytes)} MB of memory; readers are told that {MostMemory >> 30} GB do.";
    }

    private static bool IsSilentForLong(ExecutedCell cell) =>
        cell.Elapsed > LongestSilence
        && !cell.Outputs.Any(o =>
            o.Data.TryGetValue("text/html", out var html)
            && html.Contains("<progress", StringComparison.Ordinal)
        );
}
