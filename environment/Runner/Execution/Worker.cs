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
        var ran = await RunAsync(notebook, () => Task.Run(TorchNative.Load), pipe.Report);
        // To return would wait for the threads that cells left running.
        Environment.Exit(ran ? 0 : 1);
        return 0;
    }

    /// <param name="prepare">Begins what must be done before the first cell runs; that goes on while cells are compiled.</param>
    /// <param name="report">Told what happens.</param>
    /// <returns>Whether every cell ran.</returns>
    public static async Task<bool> RunAsync(
        string notebook,
        Func<Task> prepare,
        Action<WorkerEvent> report
    )
    {
        var looking = new Place(notebook, 0, 0);
        try
        {
            var refusals = Linter.Check(
                notebook,
                place => report(new WorkerEvent { Looking = looking = place })
            );
            looking = new Place(notebook, 0, 0);
            foreach (var refusal in refusals)
                report(new WorkerEvent { Failure = refusal });
            var ran =
                refusals.Count == 0 && await new NotebookRun(notebook).RunAsync(prepare(), report);
            if (ran)
                report(new WorkerEvent { Done = true });
            return ran;
        }
        catch (Exception e)
        {
            report(new WorkerEvent { Failure = looking.Fail(e, notebook) });
            return false;
        }
    }
}
