using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Diffusion.Benchmarks.Measuring;

namespace Diffusion.Benchmarks.PyTorch;

/// <summary>Lets the two PyTorch processes and us take turns, one at work while the others rest.</summary>
internal sealed class Turns(PyTorchProcess article, PyTorchProcess best)
{
    // OpenMP's threads spin for a while after their work; the next one's turn begins when they sleep.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(300);

    /// <summary>The times of one pair, a value a round for each of the four.</summary>
    internal sealed record Result(
        Pair Pair,
        Timing Article,
        Timing Best,
        Timing Ours,
        Timing Plain
    );

    public IReadOnlyList<Result> Measure(IReadOnlyList<Pair> pairs, int repetitions)
    {
        foreach (var pair in pairs)
            Prepare(pair);
        var seconds = pairs.Select(_ => new List<double[]>()).ToArray();
        for (var round = 1; round <= repetitions; round++)
        for (var i = 0; i < pairs.Count; i++)
        {
            Console.Error.WriteLine($"round {round} of {repetitions}: {pairs[i].Name}");
            seconds[i].Add(OneRound(pairs[i], round));
        }
        return pairs.Select((pair, i) => ResultOf(pair, seconds[i])).ToArray();
    }

    // Our programs are made in the first run, and TorchScript works on them in the second one; PyTorch
    // makes nothing beforehand, but its first runs ask for memory.
    private void Prepare(Pair pair)
    {
        Console.Error.WriteLine($"warming up: {pair.Name}");
        article.Measure(pair);
        best.Measure(pair);
        for (var run = 0; run <= 2 * pair.WarmUps; run++)
        {
            pair.Ours.Run();
            pair.OursInFloat32.Run();
        }
    }

    private double[] OneRound(Pair pair, int round)
    {
        Func<double>[] turns =
        [
            () => article.Measure(pair),
            () => best.Measure(pair),
            () => Time(pair, pair.Ours),
            () => Time(pair, pair.OursInFloat32),
        ];
        // A different one begins each round, so that nobody always follows the same one.
        var seconds = new double[turns.Length];
        for (var turn = 0; turn < turns.Length; turn++)
        {
            var who = (turn + round) % turns.Length;
            Thread.Sleep(Rest);
            seconds[who] = turns[who]();
        }
        return seconds;
    }

    // As pytorch.py does.
    private static double Time(Pair pair, Work work)
    {
        for (var run = 0; run < pair.WarmUps; run++)
            work.Run();
        return Rounds.Time(work, pair.Runs);
    }

    private static Result ResultOf(Pair pair, List<double[]> rounds)
    {
        Timing Of(int who, Work work) => new(work, rounds.Select(round => round[who]).ToArray());
        return new Result(
            pair,
            Of(0, pair.OursInFloat32),
            Of(1, pair.Ours),
            Of(2, pair.Ours),
            Of(3, pair.OursInFloat32)
        );
    }
}
