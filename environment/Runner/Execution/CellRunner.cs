using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Microsoft.DotNet.Interactive;

namespace Diffusion.Runner.Execution;

/// <summary>Runs cells of a compiled notebook, and gathers what each shows.</summary>
internal sealed class CellRunner : IDisposable
{
    private readonly RunningScript script;
    private readonly FailureLocator locator;
    private readonly CellConsoles console;
    private OutputCollector? current;

    /// <param name="script">What cells made before.</param>
    /// <param name="locator">Finds the line that is to blame.</param>
    public CellRunner(RunningScript script, FailureLocator locator)
    {
        (this.script, this.locator) = (script, locator);
        console = new CellConsoles(() => current);
    }

    /// <param name="number">The cell's, 1 for the first.</param>
    /// <returns>What it showed, and why it failed; null where it didn't.</returns>
    public async Task<(ExecutedCell Cell, CellFailure? Failure)> RunAsync(
        DibCell cell,
        int number,
        IReadOnlyList<CompiledSubmission> submissions
    )
    {
        var collector = new OutputCollector();
        CellFailure? failure = null;
        current = collector;
        console.TakeOver();
        var context = new KernelInvocationContext(collector.Show, CancellationToken.None);
        KernelInvocationContext.Current = context;
        var clock = Stopwatch.StartNew();
        foreach (var submission in submissions)
        {
            try
            {
                var value = await script.RunAsync(submission);
                if (submission.Link.HasValue)
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

    public void Dispose() => console.Dispose();
}
