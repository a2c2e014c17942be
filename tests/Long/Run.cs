using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;

namespace Diffusion.Long;

/// <summary>Runs pieces one after the other and says how they went.</summary>
/// <param name="fresh">Also those that have passed.</param>
internal sealed class Run(Kept kept, bool fresh)
{
    private readonly List<(Part Part, Piece Piece, Outcome Outcome, TimeSpan Took)> done = [];

    /// <param name="pieces">In this order.</param>
    /// <param name="minutes">What is still at work after so long is stopped, and the rest is not begun.</param>
    /// <returns>The exit code: 0 where nothing failed.</returns>
    public async Task<int> AllAsync(
        IReadOnlyList<(Part Part, Piece Piece)> pieces,
        double minutes,
        CancellationToken cancel
    )
    {
        var clock = Stopwatch.StartNew();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (double.IsFinite(minutes))
            enough.CancelAfter(TimeSpan.FromMinutes(minutes));
        foreach (var (part, piece) in pieces)
        {
            if (!fresh && kept.Passed(part, piece) is TimeSpan before)
            {
                done.Add((part, piece, Outcome.PassedBefore, before));
                continue;
            }
            if (enough.IsCancellationRequested)
            {
                done.Add((part, piece, Outcome.NotBegun, TimeSpan.Zero));
                continue;
            }
            AnsiConsole.MarkupLineInterpolated($"[bold]{part.Name}[/]: {piece.Name}");
            var start = clock.Elapsed;
            var outcome = await OneAsync(piece, kept.Log(part, piece), enough.Token);
            done.Add((part, piece, outcome, clock.Elapsed - start));
            if (outcome == Outcome.Passed)
                kept.Remember(part, piece, clock.Elapsed - start);
        }
        WriteTable();
        cancel.ThrowIfCancellationRequested();
        return done.Any(d => d.Outcome == Outcome.Failed) ? 1 : 0;
    }

    private static async Task<Outcome> OneAsync(Piece piece, string log, CancellationToken cancel)
    {
        using var file = TextWriter.Synchronized(File.CreateText(log));
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(piece.Command[0], piece.Command.Skip(1))
            {
                WorkingDirectory = Programs.Repository,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in Programs.Variables)
            process.StartInfo.Environment[name] = value;
        process.OutputDataReceived += Say;
        process.ErrorDataReceived += Say;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return Outcome.Interrupted;
        }
        return process.ExitCode == 0 ? Outcome.Passed : Outcome.Failed;

        void Say(object _, DataReceivedEventArgs line)
        {
            if (line.Data is null)
                return;
            file.WriteLine(line.Data);
            Console.WriteLine($"  {line.Data}");
        }
    }

    private void WriteTable()
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("part", "piece");
        table.AddColumn(new TableColumn("seconds").RightAligned());
        table.AddColumn("result");
        foreach (var (part, piece, outcome, took) in done)
            table.AddRow(
                Markup.Escape(part.Name),
                Markup.Escape(piece.Name),
                FormattableString.Invariant($"{took.TotalSeconds:f0}"),
                outcome switch
                {
                    Outcome.Passed => "[green]passed[/]",
                    Outcome.PassedBefore => "[grey]has passed before[/]",
                    Outcome.Failed => "[red]failed[/]",
                    Outcome.Interrupted => "[yellow]interrupted[/]",
                    _ => "[yellow]not begun[/]",
                }
            );
        AnsiConsole.Write(table);
    }

    private enum Outcome
    {
        Passed,
        PassedBefore,
        Failed,
        Interrupted,
        NotBegun,
    }
}
