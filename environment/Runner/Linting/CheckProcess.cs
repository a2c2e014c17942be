using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;

namespace Diffusion.Runner.Linting;

/// <summary>Checks notebooks in a process of its own: what crashes or hangs it is named, and the others go on in a fresh one.</summary>
/// <param name="children">Of this process.</param>
/// <param name="notebooks">Absolute paths.</param>
internal sealed class CheckProcess(IChildren children, IReadOnlyList<string> notebooks)
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        // Hexadecimal: 4 GB. All chapters together need a quarter of it.
        ["DOTNET_GCHeapHardLimit"] = "100000000",
        ["DOTNET_TieredPGO"] = "0",
    };

    private readonly List<CellFailure> found = [];
    private Place looking = new("", 0, 0);
    private readonly Stopwatch clock = new(); // of the notebook that is checked
    private int next;

    /// <summary>Told of each notebook, in order, and of what is wrong with it.</summary>
    public Action<string, IReadOnlyList<CellFailure>> Checked { get; init; } = (_, _) => { };

    /// <exception cref="OperationCanceledException">The check was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (next < notebooks.Count)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Begin(timeout);
            var ending = await children.RunAsync(
                Checker.Command,
                [.. notebooks.Skip(next)],
                Variables,
                e => Take(e, timeout),
                timeout.Token
            );
            cancel.ThrowIfCancellationRequested();
            if (next == notebooks.Count)
                return;
            found.Add(Silence(ending, timeout.IsCancellationRequested));
            End();
        }
    }

    private void Begin(CancellationTokenSource timeout)
    {
        clock.Restart();
        timeout.CancelAfter(CompileLimits.Next(TimeSpan.Zero));
        if (next < notebooks.Count)
            looking = new Place(notebooks[next], 0, 0);
    }

    private void Take(WorkerEvent e, CancellationTokenSource timeout)
    {
        if (e.Looking is not null)
        {
            looking = e.Looking;
            timeout.CancelAfter(CompileLimits.Next(clock.Elapsed));
        }
        if (e.Failure is not null)
            found.Add(e.Failure);
        if (!e.Checked)
            return;
        if (next == notebooks.Count)
            throw WorkerEvent.Forged();
        End();
        Begin(timeout);
    }

    private void End()
    {
        var about = notebooks[next++];
        CellFailure[] all = [.. found];
        found.Clear();
        Checked(about, all);
    }

    private CellFailure Silence(Ending ending, bool timedOut)
    {
        var (kind, message) =
            ending.Nonsense is not null ? ("Error", ending.Nonsense)
            : timedOut ? ("Time-out", CompileLimits.TooLong)
            : ("Crash", ending.WhileCompiling);
        return looking.Fail(kind, notebooks[next], message);
    }
}
