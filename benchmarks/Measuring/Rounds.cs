using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace Diffusion.Benchmarks.Measuring;

/// <summary>
/// Measures works in rounds: each once in every round, so that a disturbance of the machine hits all
/// alike.
/// </summary>
internal static class Rounds
{
    // A run of a few milliseconds is repeated for so long within its turn, and its mean counts.
    private const double ShortestTurn = 0.3;
    private const int MostRuns = 30;

    /// <param name="works">In the order of their turns.</param>
    /// <param name="repetitions">Rounds, at least 1.</param>
    public static IReadOnlyList<Timing> Measure(IReadOnlyList<Work> works, int repetitions)
    {
        // The first run of each is slower (buffers, kernels); it also tells how many fit in a turn.
        var runs = works.Select((work, i) => WarmUp(work, i + 1, works.Count)).ToArray();
        var seconds = works.Select(_ => new List<double>()).ToArray();
        for (var round = 1; round <= repetitions; round++)
        {
            Console.Error.WriteLine($"round {round} of {repetitions}");
            for (var i = 0; i < works.Count; i++)
                seconds[i].Add(Time(works[i], runs[i]));
        }
        return works.Select((work, i) => new Timing(work, seconds[i])).ToArray();
    }

    /// <summary>The mean time of so many runs, in seconds.</summary>
    public static double Time(Work work, int runs = 1)
    {
        var clock = Stopwatch.StartNew();
        for (var run = 0; run < runs; run++)
            work.Run();
        return clock.Elapsed.TotalSeconds / runs;
    }

    private static int WarmUp(Work work, int number, int count)
    {
        Console.Error.WriteLine($"warming up {number} of {count}: {work.Name}");
        work.Run();
        var seconds = Time(work);
        // TorchScript still works on its program in the second run.
        if (seconds < ShortestTurn)
            seconds = Time(work);
        return Math.Clamp((int)Math.Ceiling(ShortestTurn / seconds), 1, MostRuns);
    }
}
