using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Linq;
using System.Text.Json;
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

/// <summary>Runs a notebook in a process of its own, so that it can crash, hang or leak alone.</summary>
public sealed class WorkerProcess
{
    // Compiling needs seconds; this is for a compiler that hangs.
    private static readonly TimeSpan CompileTimeout = TimeSpan.FromMinutes(5);

    // A process that the notebook started may keep the pipe open behind it: what the notebook said is in it by then.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly string path;
    private readonly TimeSpan cellTimeout;
    private readonly IReadOnlyList<DibCell> source;
    private readonly List<ExecutedCell> cells = [];
    private readonly ProcessNoise noise = new();
    private CellFailure? failure;
    private TimeSpan? prepared;
    private TimeSpan? firstOutput;
    private long peakBytes;
    private int running;
    private bool done;

    /// <param name="path">The <c>.dib</c> file.</param>
    /// <param name="cellTimeout">How long one cell may take.</param>
    /// <exception cref="NotebookException">There is no such file.</exception>
    public WorkerProcess(string path, TimeSpan cellTimeout)
    {
        this.path = Path.GetFullPath(path);
        this.cellTimeout = cellTimeout;
        // Read now: a cell may delete its own notebook.
        source = DibDocument.Read(this.path).Cells;
    }

    /// <summary>How many threads libtorch may compute with; null for its own choice, which is all cores.</summary>
    public int? Threads { get; init; }

    /// <summary>Told when all cells are compiled.</summary>
    public Action<TimeSpan> Compiled { get; init; } = _ => { };

    /// <summary>Told of each cell that begins: its number, and how many there are.</summary>
    public Action<int, int> Started { get; init; } = (_, _) => { };

    /// <summary>Told of each cell that ended.</summary>
    public Action<ExecutedCell> Finished { get; init; } = _ => { };

    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var pipe = new AnonymousPipeServerStream(
            PipeDirection.In,
            HandleInheritability.Inheritable
        );
        using var process = new Process
        {
            StartInfo = StartInfo(pipe.GetClientHandleAsString()),
            EnableRaisingEvents = true,
        };
        // Process.WaitForExitAsync would also wait for whoever inherited the output.
        var exit = new TaskCompletionSource();
        process.Exited += (_, _) => exit.TrySetResult();
        process.Start();
        pipe.DisposeLocalCopyOfClientHandle();
        noise.Listen(process);

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(CompileTimeout);
        await using (timeout.Token.Register(() => Kill(process)))
        {
            using var ended = new CancellationTokenSource();
            var reading = ReadAsync(pipe, clock, timeout, ended.Token);
            await exit.Task;
            ended.CancelAfter(DrainTime);
            await reading;
            await Task.WhenAny(noise.Ended, Task.Delay(DrainTime, CancellationToken.None));
        }
        cancellationToken.ThrowIfCancellationRequested();

        var total = clock.Elapsed;
        failure ??= Silence(process.ExitCode, timeout.IsCancellationRequested);
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

    private async Task ReadAsync(
        Stream pipe,
        Stopwatch clock,
        CancellationTokenSource timeout,
        CancellationToken ended
    )
    {
        using var reader = new StreamReader(pipe);
        try
        {
            while (await reader.ReadLineAsync(ended) is string line)
                Take(WorkerEvent.FromJson(line));
        }
        catch (OperationCanceledException)
        {
            // The process is gone, and all that it wrote has been read.
        }
        catch (JsonException)
        {
            // It was ended in the middle of a line.
        }

        void Take(WorkerEvent e)
        {
            if (e.Started == 0 && e.Of > 0 && e.Failure is null)
            {
                prepared = clock.Elapsed;
                Compiled(clock.Elapsed);
            }
            if (e.Started > 0)
            {
                running = e.Started;
                timeout.CancelAfter(cellTimeout);
                Started(e.Started, e.Of);
            }
            if (e.Finished is not null)
            {
                cells.Add(e.Finished);
                if (e.Finished.Outputs.Count > 0)
                    firstOutput ??= clock.Elapsed;
                peakBytes = e.PeakBytes;
                Finished(e.Finished);
            }
            failure ??= e.Failure;
            done |= e.Done;
        }
    }

    /// <summary>What to make of a process that ended and reported no failure.</summary>
    private CellFailure? Silence(int exitCode, bool timedOut)
    {
        if (!done)
            return timedOut
                ? At(
                    "Time-out",
                    running > 0
                        ? $"The cell took longer than {cellTimeout.TotalSeconds:0} s and was ended: --timeout gives it more."
                        : $"Compiling took longer than {CompileTimeout.TotalMinutes:0} minutes and was ended."
                )
                : At(
                    "Crash",
                    $"The notebook's process ended with {Meaning(exitCode)} before the cell did.{noise}"
                );
        return cells.Any(c => c.Kind == CellKind.CSharp)
            ? null
            : At(
                "Error",
                "The notebook has no code cell, so nothing was run: does the file have #!csharp selectors?"
            );
    }

    private static string Meaning(int exitCode) =>
        exitCode switch
        {
            128 + 6 => "an abort (code 134)",
            128 + 9 => "a kill from outside (code 137; the system does that when memory runs out)",
            128 + 11 => "an access violation in native code (code 139)",
            _ => $"code {exitCode}",
        };

    private CellFailure At(string kind, string message)
    {
        if (running == 0 || done)
            return new CellFailure(kind, path, 0, 0, "", message);
        var cell = source[running - 1];
        return new CellFailure(kind, path, running, cell.Line, cell.Source.Split('\n')[0], message);
    }

    private ProcessStartInfo StartInfo(string pipeHandle)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (
            Path.GetFileNameWithoutExtension(self)
                .Equals("dotnet", StringComparison.OrdinalIgnoreCase)
        )
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        start.ArgumentList.Add(Worker.Command);
        start.ArgumentList.Add(pipeHandle);
        start.ArgumentList.Add(path);
        foreach (var (name, value) in WorkerSettings.Environment)
            start.Environment.TryAdd(name, value);
        if (Threads is int threads)
            start.Environment.TryAdd("OMP_NUM_THREADS", $"{threads}");
        return start;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
