using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs notebooks and tells the terminal about them, in their order.</summary>
/// <param name="options">How they are run.</param>
/// <param name="cache">Spares what has not changed; null runs all.</param>
internal sealed class Report(RunOptions options, RunCache? cache = null)
{
    private readonly IAnsiConsole console = AnsiConsole.Console;

    /// <summary>Lints and runs each notebook; a failure ends that notebook and not the others.</summary>
    /// <returns>A result for each, in the order of <paramref name="paths"/>.</returns>
    public async Task<IReadOnlyList<RunResult>> RunAllAsync(
        IReadOnlyList<string> paths,
        CancellationToken cancel
    )
    {
        var clock = Stopwatch.StartNew();
        var results = new RunResult[paths.Count];
        var turns = new Turns(paths.Count);
        using (var line = new ProgressLine(console))
            await Parallel.ForEachAsync(
                Enumerable.Range(0, paths.Count),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = options.Jobs,
                    CancellationToken = cancel,
                },
                async (i, cancelled) =>
                {
                    results[i] = await RunAsync(
                        paths,
                        paths[i],
                        new Teller(say => turns.Say(i, () => say(line))),
                        cancelled
                    );
                    turns.End(i);
                }
            );
        Summary.Write(console, results, clock.Elapsed);
        return results;
    }

    private async Task<RunResult> RunAsync(
        IReadOnlyList<string> paths,
        string path,
        Teller tell,
        CancellationToken cancel
    )
    {
        var kept = cache?.PathOf(path);
        if (kept is not null && cache!.Find(path, kept) is ExecutedNotebook before)
        {
            tell.Write($"[bold]{Path.GetFileName(path)}[/]  [grey]unchanged since it last ran[/]");
            return new RunResult(before, null, Reused: true);
        }
        tell.Write($"[bold]{Path.GetFileName(path)}[/]");
        using var read = cache?.Watch();
        var of = 0;
        tell.Show("compiling");
        var result = await new WorkerProcess(options.Children, path, options.CellTimeout)
        {
            Threads = options.Threads,
            Compiled = elapsed =>
                tell.Write($"  [grey]compiled         {elapsed.TotalSeconds, 6:f1} s[/]"),
            Started = (number, count) =>
            {
                of = count;
                tell.Show($"cell {number, 3} of {count, 3}");
            },
            Finished = cell =>
            {
                if (cell.Kind == CellKind.CSharp)
                    tell.Write(
                        $"  [grey]cell {cell.Number, 3} of {of, 3}  {cell.Elapsed.TotalSeconds, 6:f1} s[/]  {FirstLine(cell.Source)}"
                    );
            },
            Failed = tell.Fail,
        }.RunAsync(cancel);
        if (result.Failure is null && kept is not null)
            cache!.Keep(result.Notebook, kept, read!, options.Jobs > 1 ? paths : [path]);
        return result;
    }

    private static string FirstLine(string source)
    {
        var line = source.Split('\n')[0];
        return line.Length <= 60 ? line : line[..59] + "…";
    }

    /// <summary>What one notebook says, when it is its turn.</summary>
    private sealed class Teller(Action<Action<ProgressLine>> say)
    {
        public void Show(string text) => say(line => line.Show(text));

        public void Write(FormattableString markup) => say(line => line.Write(markup));

        public void Fail(CellFailure failure) => say(line => line.Fail(failure));
    }
}
