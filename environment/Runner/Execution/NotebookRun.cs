using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Microsoft.DotNet.Interactive;

namespace Diffusion.Runner.Execution;

/// <summary>Runs a notebook's cells one after the other in this process.</summary>
internal sealed class NotebookRun(string path)
{
    private readonly string folder = Path.GetDirectoryName(path)!;
    private readonly FailureLocator locator = new(path);
    private OutputCollector? current;

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

        using var console = new CellConsoles(() => current);
        for (var i = 0; i < cells.Count; i++)
        {
            report(new WorkerEvent { Started = i + 1, Of = cells.Count });
            console.TakeOver();
            var (executed, failure) = await RunCellAsync(
                cells[i],
                i + 1,
                notebook.Submissions[i],
                notebook.Session
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

    private async Task<(ExecutedCell, CellFailure?)> RunCellAsync(
        DibCell cell,
        int number,
        IReadOnlyList<CompiledSubmission> submissions,
        ScriptSession session
    )
    {
        var collector = new OutputCollector();
        CellFailure? failure = null;
        current = collector;
        var context = new KernelInvocationContext(collector.Show, CancellationToken.None);
        KernelInvocationContext.Current = context;
        var clock = Stopwatch.StartNew();
        foreach (var submission in submissions)
        {
            try
            {
                var value = await session.RunAsync(submission);
                if (submission.HasValue)
                    collector.Return(value);
            }
            catch (Exception e)
            {
                failure = locator.Locate(e, submission.Submission, number)[0];
                collector.Fail(failure.Message);
                break;
            }
        }
        var elapsed = cell.Kind == CellKind.CSharp ? clock.Elapsed : TimeSpan.Zero;
        context.End();
        current = null;
        return (
            new ExecutedCell(number, cell.Kind, cell.Source, cell.Line, elapsed, collector.All()),
            failure
        );
    }
}
