using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>How a notebook's run ended.</summary>
/// <param name="Notebook">The cells that ran, also where a later one failed.</param>
/// <param name="Failure">Null where every cell ran.</param>
public sealed record RunResult(
    ExecutedNotebook Notebook,
    CellFailure? Failure,
    bool Reused = false
);

/// <summary>Lints and runs a notebook in a process of its own, so that it can crash, hang or leak alone.</summary>
internal sealed class WorkerProcess
{
    // For what a cell wants done at the process's end. Elsewhere than on Linux a tree must be ended while it has its root.
    private static readonly TimeSpan TimeToExit = TimeSpan.FromSeconds(
        OperatingSystem.IsLinux() ? 2 : 0
    );

    private readonly IChildren children;
    private readonly string path;
    private readonly TimeSpan cellTimeout;
    private readonly IReadOnlyList<DibCell> source;
    private readonly List<ExecutedCell> cells = [];
    private Place looking;
    private CellFailure? failure;
    private TimeSpan? prepared;
    private TimeSpan? firstOutput;
    private long peakBytes;
    private int running;
    private bool done;

    /// <param name="children">Of this process.</param>
    /// <param name="path">The <c>.dib</c> file.</param>
    /// <param name="cellTimeout">How long one cell may take.</param>
    /// <exception cref="NotebookException">There is no such file.</exception>
    public WorkerProcess(IChildren children, string path, TimeSpan cellTimeout)
    {
        this.children = children;
        this.path = Path.GetFullPath(path);
        this.cellTimeout = cellTimeout;
        // Read now: a cell may delete its own notebook.
        source = DibDocument.Read(this.path).Cells;
        looking = new Place(this.path, 0, 0);
    }

    /// <summary>How many threads libtorch may compute with; null for its own choice, which is all cores.</summary>
    public int? Threads { get; init; }

    /// <summary>Told when all cells are compiled.</summary>
    public Action<TimeSpan> Compiled { get; init; } = _ => { };

    /// <summary>Told of each cell that begins: its number, and how many there are.</summary>
    public Action<int, int> Started { get; init; } = (_, _) => { };

    /// <summary>Told of each cell that ended.</summary>
    public Action<ExecutedCell> Finished { get; init; } = _ => { };

    /// <summary>Told of each refusal, or of the one failure that ended the run.</summary>
    public Action<CellFailure> Failed { get; init; } = _ => { };

    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(CompileLimits.Next(TimeSpan.Zero));
        var ending = await children.RunAsync(
            Worker.Command,
            [path],
            Variables(),
            e => Take(e, clock, timeout),
            timeout.Token
        );
        cancellationToken.ThrowIfCancellationRequested();

        var total = clock.Elapsed;
        if (failure is null && Silence(ending, timeout.IsCancellationRequested) is { } silence)
            Fail(silence);
        return new RunResult(
            new ExecutedNotebook(
                Path.GetFileNameWithoutExtension(path),
                path,
                cells,
                new RunCosts(total, prepared ?? total, firstOutput, peakBytes)
            ),
            failure
        );
    }

    /// <exception cref="InvalidDataException">The event makes no sense here: a cell wrote it.</exception>
    private void Take(WorkerEvent e, Stopwatch clock, CancellationTokenSource timeout)
    {
        if (e.Looking is not null && prepared is null)
        {
            looking = e.Looking;
            timeout.CancelAfter(CompileLimits.Next(clock.Elapsed));
        }
        if (e.Started == 0 && e.Of > 0 && e.Failure is null)
        {
            prepared = clock.Elapsed;
            Compiled(clock.Elapsed);
        }
        if (e.Started > 0)
        {
            if (e.Started != cells.Count + 1 || e.Started > source.Count)
                throw WorkerEvent.Forged();
            running = e.Started;
            timeout.CancelAfter(cellTimeout);
            Started(e.Started, source.Count);
        }
        if (e.Finished is not null)
        {
            if (e.Finished.Number != running || running != cells.Count + 1)
                throw WorkerEvent.Forged();
            cells.Add(e.Finished);
            if (e.Finished.Outputs.Count > 0)
                firstOutput ??= clock.Elapsed;
            peakBytes = e.PeakBytes;
            Finished(e.Finished);
        }
        if (e.Failure is not null)
            Fail(e.Failure);
        if (e.Done && cells.Count < source.Count)
            throw WorkerEvent.Forged();
        done |= e.Done;
        if (e.Done || e.Failure is not null)
            timeout.CancelAfter(TimeToExit);
    }

    private void Fail(CellFailure why)
    {
        failure ??= why;
        Failed(why);
    }

    /// <summary>What to make of a process that ended and reported no failure.</summary>
    private CellFailure? Silence(Ending ending, bool timedOut)
    {
        if (done)
            return cells.Any(c => c.Kind == CellKind.CSharp)
                ? null
                : new Place(path, 0, 0).Fail(
                    "Error",
                    path,
                    "The notebook has no code cell, so nothing was run: does the file have #!csharp selectors?"
                );
        var (kind, message) =
            ending.Nonsense is not null ? ("Error", ending.Nonsense)
            : timedOut ? ("Time-out", TooLong())
            : ("Crash", running > 0 ? WhileRunning(ending) : ending.WhileCompiling);
        return Where().Fail(kind, path, message);
    }

    private string TooLong() =>
        running > 0
            ? $"The cell took longer than {cellTimeout.TotalSeconds:0} s and was ended: --timeout gives it more."
            : CompileLimits.TooLong;

    private string WhileRunning(Ending ending)
    {
        // A thread or a timer that an earlier cell started ends the process whenever it likes.
        var suspects = source.Take(running - 1).Any(c => c.Kind == CellKind.CSharp)
            ? "; work that an earlier cell started in the background may be the cause"
            : "";
        return $"The notebook's process ended with {ending.Meaning} while cell {running} ran{suspects}.{ending.Noise}";
    }

    private Place Where() =>
        running > 0 ? new Place(path, running, source[running - 1].Line)
        : prepared is null ? looking
        : new Place(path, 0, 0);

    private Dictionary<string, string> Variables()
    {
        var variables = WorkerSettings.Environment.ToDictionary();
        if (Threads is int threads)
            variables["OMP_NUM_THREADS"] = $"{threads}";
        return variables;
    }
}
