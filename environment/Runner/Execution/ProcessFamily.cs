using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Diffusion.Runner.Execution;

/// <summary>The child processes that this process started for itself. Any other child is what one of them left behind.</summary>
internal sealed class ProcessFamily : IChildren
{
    private readonly Lock gate = new();
    private readonly HashSet<int> alive = [];

    /// <inheritdoc/>
    public Task<Ending> RunAsync(
        string command,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Action<WorkerEvent> take,
        CancellationToken end
    ) => new ChildProcess(this, command, arguments, environment).RunAsync(take, end);

    public void Start(Process process)
    {
        // Nobody may take it for a leftover before it is known.
        lock (gate)
        {
            Descendants.AdoptOrphans();
            process.Start();
            alive.Add(process.Id);
        }
    }

    /// <summary>Ends what a process that has ended left behind.</summary>
    public void End(Process process)
    {
        lock (gate)
        {
            alive.Remove(process.Id);
            Descendants.End(alive);
        }
    }
}
