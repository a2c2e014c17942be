using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>Runs a notebook's cells one after the other in this process.</summary>
internal sealed class NotebookRun(string path)
{
    private readonly string folder = Path.GetDirectoryName(path)!;

    /// <summary>Compiles all cells, then runs them, up to the first that fails.</summary>
    /// <param name="prepared">What must be done before the first cell runs; goes on while cells are compiled.</param>
    /// <param name="report">Told of each cell's start and end, and of failures.</param>
    /// <returns>Whether every cell ran.</returns>
    public async Task<bool> RunAsync(Task prepared, Action<WorkerEvent> report)
    {
        var cells = DibDocument.Read(path).Cells;
        // A host starts a notebook in the notebook's own folder.
        Environment.CurrentDirectory = folder;
        var notebook = CompiledNotebook.Compile(
            path,
            cells,
            place => report(new WorkerEvent { Looking = place })
        );
        await prepared;
        report(new WorkerEvent { Of = cells.Count, Failure = notebook.Failures.FirstOrDefault() });
        if (notebook.Failures.Count > 0)
            return false;

        using var runner = new CellRunner(new RunningScript(new CellThread()), new(path));
        for (var i = 0; i < cells.Count; i++)
        {
            report(new WorkerEvent { Started = i + 1, Of = cells.Count });
            var (executed, failure) = await runner.RunAsync(
                cells[i],
                i + 1,
                notebook.Submissions[i]
            );
            report(
                new WorkerEvent
                {
                    Finished = executed,
                    Failure = failure,
                    PeakBytes = PeakMemory.OfThisProcess(),
                }
            );
            if (failure is not null)
                return false;
        }
        return true;
    }
}
