using System;
using System.Threading.Tasks;
using Diffusion.Runner.Linting;
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
        using var life = new ChildLife();
        using var pipe = new EventPipe(pipeHandle);
        var ran = await RunAsync(notebook, pipe);
        if (ran)
            pipe.Report(new WorkerEvent { Done = true });
        // To return would wait for the threads that cells left running.
        Environment.Exit(ran ? 0 : 1);
        return 0;
    }

    private static async Task<bool> RunAsync(string notebook, EventPipe pipe)
    {
        var looking = new Place(notebook, 0, 0);
        try
        {
            var refusals = Linter.Check(
                notebook,
                place => pipe.Report(new WorkerEvent { Looking = looking = place })
            );
            looking = new Place(notebook, 0, 0);
            foreach (var refusal in refusals)
                pipe.Report(new WorkerEvent { Failure = refusal });
            return refusals.Count == 0
                && await new NotebookRun(notebook).RunAsync(
                    Task.Run(TorchNative.Load),
                    pipe.Report
                );
        }
        catch (Exception e)
        {
            pipe.Report(new WorkerEvent { Failure = looking.Fail(e, notebook) });
            return false;
        }
    }
}
