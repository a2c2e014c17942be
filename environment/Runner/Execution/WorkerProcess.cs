using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>How a notebook's run ended.</summary>
/// <param name="Notebook">The cells that ran, also where a later one failed.</param>
/// <param name="Failure">Null where every cell ran.</param>
public sealed record RunResult(ExecutedNotebook Notebook, CellFailure? Failure);

/// <summary>Runs a notebook in a process of its own, so that it can crash, hang or leak alone.</summary>
public static class WorkerProcess
{
    private const int KeptStderrLines = 20;

    /// <param name="path">The <c>.dib</c> file.</param>
    /// <param name="cellTimeout">How long one cell may take.</param>
    /// <param name="progress">Told of each cell that begins: its number, and how many there are.</param>
    /// <param name="finished">Told of each cell that ended.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<RunResult> RunAsync(
        string path,
        TimeSpan cellTimeout,
        Action<int, int> progress,
        Action<ExecutedCell> finished,
        CancellationToken cancellationToken
    )
    {
        path = Path.GetFullPath(path);
        var clock = Stopwatch.StartNew();
        var cells = new List<ExecutedCell>();
        CellFailure? failure = null;
        var (running, done) = (0, false);

        using var pipe = new AnonymousPipeServerStream(
            PipeDirection.In,
            HandleInheritability.Inheritable
        );
        using var process = Process.Start(StartInfo(pipe.GetClientHandleAsString(), path))!;
        pipe.DisposeLocalCopyOfClientHandle();
        // Native code writes past the cells' console; what it says last may explain a crash.
        var noise = new Queue<string>();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, e) =>
        {
            lock (noise)
            {
                noise.Enqueue(e.Data ?? "");
                if (noise.Count > KeptStderrLines)
                    noise.Dequeue();
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(cellTimeout);
        using var killer = timeout.Token.Register(() => Kill(process));
        using (var reader = new StreamReader(pipe))
            while (await reader.ReadLineAsync(CancellationToken.None) is string line)
            {
                var e = WorkerEvent.FromJson(line);
                if (e.Started > 0)
                {
                    running = e.Started;
                    timeout.CancelAfter(cellTimeout);
                    progress(e.Started, e.Of);
                }
                if (e.Finished is not null)
                {
                    cells.Add(e.Finished);
                    finished(e.Finished);
                }
                failure ??= e.Failure;
                done |= e.Done;
            }
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();

        if (failure is null && !done)
            failure = timeout.IsCancellationRequested
                ? At(
                    "Time-out",
                    $"The cell took longer than {cellTimeout.TotalSeconds:0} s and was ended."
                )
                : At(
                    "Crash",
                    $"The notebook's process ended with code {process.ExitCode} in the middle of the cell.{Noise()}"
                );
        if (failure is null && cells.All(c => c.Kind != CellKind.CSharp))
            failure = new CellFailure(
                "Error",
                path,
                0,
                0,
                "",
                "The notebook has no code cell, so nothing was run: does the file have #!csharp selectors?"
            );
        return new RunResult(
            new ExecutedNotebook(
                Path.GetFileNameWithoutExtension(path),
                path,
                cells,
                clock.Elapsed
            ),
            failure
        );

        CellFailure At(string kind, string message)
        {
            var cell = running > 0 ? DibDocument.Read(path).Cells[running - 1] : null;
            var line = cell?.Line ?? 0;
            return new CellFailure(
                kind,
                path,
                running,
                line,
                FailureLocator.LineOf(path, line),
                message
            );
        }

        string Noise()
        {
            lock (noise)
            {
                var text = string.Join('\n', noise.Where(l => l != ""));
                return text == "" ? "" : $" It last said:\n{text}";
            }
        }
    }

    private static ProcessStartInfo StartInfo(string pipeHandle, string path)
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
        // glibc gives each large tensor its own mmap and hands it back at once; at a batch of 100
        // images that costs 1.5 to 2.5 times the time.
        start.Environment.TryAdd("MALLOC_MMAP_MAX_", "0");
        start.Environment.TryAdd("MALLOC_TRIM_THRESHOLD_", "4294967296");
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
