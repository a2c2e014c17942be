using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Linting;
using Diffusion.Runner.Notebooks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs notebooks one after the other and tells the terminal about it.</summary>
internal sealed class Report(TimeSpan cellTimeout)
{
    private readonly IAnsiConsole console = AnsiConsole.Console;

    /// <summary>Lints and runs each notebook; a failure ends that notebook and not the others.</summary>
    public async Task<IReadOnlyList<RunResult>> RunAllAsync(
        IReadOnlyList<string> paths,
        CancellationToken cancel
    )
    {
        var results = new List<RunResult>();
        foreach (var path in paths)
        {
            console.MarkupLineInterpolated($"[bold]{Path.GetFileName(path)}[/]");
            results.Add(await RunAsync(path, cancel));
            if (results[^1].Failure is CellFailure failure)
                console.MarkupLineInterpolated($"[red]{failure.ToString()}[/]");
        }
        Summarise(results);
        return results;
    }

    private async Task<RunResult> RunAsync(string path, CancellationToken cancel)
    {
        var refusals = Linter.Check(path);
        if (refusals.Count > 0)
            return new RunResult(
                new ExecutedNotebook(
                    Path.GetFileNameWithoutExtension(path),
                    path,
                    [],
                    TimeSpan.Zero
                ),
                refusals[0]
            );
        var of = 0;
        return await WorkerProcess.RunAsync(
            path,
            cellTimeout,
            progress: (_, count) => of = count,
            finished: cell =>
            {
                if (cell.Kind == CellKind.CSharp)
                    console.MarkupLineInterpolated(
                        $"  [grey]cell {cell.Number, 3} of {of, 3}  {cell.Elapsed.TotalSeconds, 6:f1} s[/]  {FirstLine(cell.Source)}"
                    );
            },
            cancel
        );
    }

    private void Summarise(IReadOnlyList<RunResult> results)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("notebook");
        table.AddColumn(new TableColumn("seconds").RightAligned());
        table.AddColumn(new TableColumn("code cells").RightAligned());
        table.AddColumn("result");
        foreach (var (notebook, failure) in results)
            table.AddRow(
                Markup.Escape(notebook.Name),
                $"{notebook.Elapsed.TotalSeconds:f1}",
                $"{notebook.Cells.Count(c => c.Kind == CellKind.CSharp)}",
                failure is null ? "[green]passed[/]" : Markup.Escape($"failed: {failure.Kind}")
            );
        table.AddRow(
            "together",
            $"{results.Sum(r => r.Notebook.Elapsed.TotalSeconds):f1}",
            $"{results.Sum(r => r.Notebook.Cells.Count(c => c.Kind == CellKind.CSharp))}",
            ""
        );
        console.Write(table);
    }

    private static string FirstLine(string source)
    {
        var line = source.Split('\n')[0];
        return line.Length <= 60 ? line : line[..59] + "…";
    }
}
