using System;
using System.IO;
using System.IO.Pipes;
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

    public static async Task<int> RunAsync(string pipeHandle, string notebook)
    {
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
            TorchNative.Load();
            var done = await new NotebookRun(notebook).RunAsync(Report, CancellationToken.None);
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
}
