using System;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Native;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>The process that runs one notebook and tells its parent what happens.</summary>
internal static class Worker
{
    /// <summary>The hidden command that a parent starts its workers with.</summary>
    public const string Command = "worker";

    // Kept, since a registration ends when it is collected.
    private static PosixSignalRegistration? interrupt;

    public static async Task<int> RunAsync(string pipeHandle, string notebook)
    {
        EndWithParent();
        using var pipe = new AnonymousPipeClientStream(PipeDirection.Out, pipeHandle);
        using var writer = new StreamWriter(pipe) { AutoFlush = true };
        var gate = new Lock();
        void Report(WorkerEvent e)
        {
            lock (gate)
                writer.WriteLine(e.ToJson());
        }

        try
        {
            var done = await new NotebookRun(notebook).RunAsync(Task.Run(TorchNative.Load), Report);
            if (done)
                Report(new WorkerEvent { Done = true });
            return done ? 0 : 1;
        }
        catch (Exception e) when (e is NotebookException or DllNotFoundException)
        {
            Report(
                new WorkerEvent
                {
                    Failure = new CellFailure("Error", notebook, 0, 0, "", e.Message),
                }
            );
            return 1;
        }
    }

    /// <summary>
    /// Ctrl-C in a terminal reaches every process: this one leaves it to its parent, which reports it
    /// and ends this one. The parent holds the other end of the standard input; where that closes, the
    /// parent is gone, and nobody would read what this process finds out.
    /// </summary>
    private static void EndWithParent()
    {
        interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            context => context.Cancel = true
        );
        var input = Console.OpenStandardInput();
        new Thread(() =>
        {
            try
            {
                while (input.ReadByte() >= 0) { }
            }
            catch (IOException)
            {
                // As good as its end.
            }
            Process.GetCurrentProcess().Kill();
        })
        {
            IsBackground = true,
        }.Start();
    }
}
