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
        }
        Summarise(results);
        return results;
    }

    private async Task<RunResult> RunAsync(string path, CancellationToken cancel)
    {
        var refusals = Linter.Check(path);
        if (refusals.Count > 0)
        {
            foreach (var refusal in refusals)
                Terminal.WriteFailure(refusal);
            var name = Path.GetFileNameWithoutExtension(path);
            return new RunResult(new ExecutedNotebook(name, path, [], TimeSpan.Zero), refusals[0]);
        }
        using var line = new ProgressLine(console);
        var of = 0;
        line.Show("compiling");
        var result = await new WorkerProcess(path, cellTimeout)
        {
            Compiled = elapsed =>
                line.Write($"  [grey]compiled         {elapsed.TotalSeconds, 6:f1} s[/]"),
            Started = (number, count) =>
            {
                of = count;
                line.Show($"cell {number, 3} of {count, 3}");
            },
            Finished = cell =>
            {
                if (cell.Kind == CellKind.CSharp)
                    line.Write(
                        $"  [grey]cell {cell.Number, 3} of {of, 3}  {cell.Elapsed.TotalSeconds, 6:f1} s[/]  {FirstLine(cell.Source)}"
                    );
            },
        }.RunAsync(cancel);
        line.Dispose();
        if (result.Failure is CellFailure failure)
            Terminal.WriteFailure(failure);
        return result;
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
                $"{CodeCells(notebook)}",
                failure is null
                    ? "[green]passed[/]"
                    : $"[red]{Markup.Escape(failure.Kind.ToLowerInvariant())}[/]"
            );
        if (results.Count > 1)
            table.AddRow(
                "together",
                $"{results.Sum(r => r.Notebook.Elapsed.TotalSeconds):f1}",
                $"{results.Sum(r => CodeCells(r.Notebook))}",
                ""
            );
        console.Write(table);
    }

    private static int CodeCells(ExecutedNotebook notebook) =>
        notebook.Cells.Count(c => c.Kind == CellKind.CSharp);

    private static string FirstLine(string source)
    {
        var line = source.Split('\n')[0];
        return line.Length <= 60 ? line : line[..59] + "…";
    }
}
