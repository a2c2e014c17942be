using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;
using Xunit;

// A notebook's run takes the console and the working directory, of which a process has one.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Diffusion.Tests.Runner;

/// <summary>Runs a notebook as a worker does, in the tests' own process and without libtorch.</summary>
internal sealed class InProcess
{
    private readonly List<WorkerEvent> events = [];

    private InProcess() { }

    /// <summary>Runs a notebook that has to succeed.</summary>
    public static async Task<InProcess> RunAsync(string path)
    {
        var run = await TryAsync(path);
        Assert.True(run.Failure is null, $"{run.Failure}");
        return run;
    }

    /// <summary>Runs a notebook that may fail.</summary>
    public static async Task<InProcess> TryAsync(string path)
    {
        var (run, before) = (new InProcess(), Environment.CurrentDirectory);
        try
        {
            run.Succeeded = await new NotebookRun(path).RunAsync(
                Task.CompletedTask,
                // Through JSON, as between processes.
                e => run.events.Add(WorkerEvent.FromJson(e.ToJson()))
            );
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
        return run;
    }

    public bool Succeeded { get; private set; }

    public CellFailure? Failure => events.Select(e => e.Failure).FirstOrDefault(f => f is not null);

    public IReadOnlyList<ExecutedCell> Cells =>
        events.Where(e => e.Finished is not null).Select(e => e.Finished!).ToArray();

    /// <summary>What a cell showed: kind and plain text.</summary>
    /// <param name="cell">1-based.</param>
    public IReadOnlyList<(OutputKind Kind, string Text)> Shown(int cell) =>
        Cells[cell - 1]
            .Outputs.Select(o => (o.Kind, o.Data.GetValueOrDefault("text/plain", "")))
            .ToArray();

    /// <summary>The value that the last cell ended in, as plain text.</summary>
    public string Value =>
        Assert.Single(Shown(Cells.Count), o => o.Kind == OutputKind.ReturnValue).Text;
}
