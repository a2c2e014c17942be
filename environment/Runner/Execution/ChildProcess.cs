using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Threading;
using System.Threading.Tasks;

namespace Diffusion.Runner.Execution;

/// <summary>This program once more, for work that may crash, hang or leak: it tells events and ends with all that it started.</summary>
/// <param name="family">Knows it while it lives.</param>
/// <param name="command">A hidden command; behind it comes the pipe's name.</param>
/// <param name="arguments">What comes behind that.</param>
/// <param name="environment">Variables that it gets; the reader's own settings win.</param>
internal sealed class ChildProcess(
    ProcessFamily family,
    string command,
    IReadOnlyList<string> arguments,
    IReadOnlyDictionary<string, string> environment
)
{
    // Somebody may keep the pipe open behind it all the same: what was told is in it by then.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <param name="take">Told of each event; an <see cref="InvalidDataException"/> says that it is none.</param>
    /// <param name="end">Kills the process.</param>
    public async Task<Ending> RunAsync(Action<WorkerEvent> take, CancellationToken end)
    {
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
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exit.TrySetResult();
        family.Start(process);
        pipe.DisposeLocalCopyOfClientHandle();
        var noise = new ProcessNoise(process);
        await using (end.Register(() => Kill(process)))
        {
            using var drained = new CancellationTokenSource();
            var reading = ReadAsync(pipe, process, take, drained.Token);
            await exit.Task;
            family.End(process);
            drained.CancelAfter(DrainTime);
            var nonsense = await reading;
            await Task.WhenAny(noise.Ended, Task.Delay(DrainTime, CancellationToken.None));
            return new Ending(process.ExitCode, $"{noise}", nonsense);
        }
    }

    /// <returns>What was wrong with an event; null where nothing was.</returns>
    private static async Task<string?> ReadAsync(
        Stream pipe,
        Process process,
        Action<WorkerEvent> take,
        CancellationToken drained
    )
    {
        try
        {
            await foreach (var e in EventReader.ReadAsync(pipe, drained))
                take(e);
        }
        catch (OperationCanceledException) when (drained.IsCancellationRequested)
        {
            // The process is gone, and all that it wrote has been read.
        }
        catch (InvalidDataException e)
        {
            Kill(process);
            return e.Message;
        }
        catch
        {
            // Nobody listens any more: it would wait for ever.
            Kill(process);
            throw;
        }
        return null;
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
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in (string[])[command, pipeHandle, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment.TryAdd(name, value);
        return start;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException)
        {
            // It, or one below it, has ended by itself.
        }
    }
}
