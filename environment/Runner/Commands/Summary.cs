using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>How each notebook went and what it cost, in one table.</summary>
internal static class Summary
{
    /// <param name="results">In the order of the notebooks.</param>
    /// <param name="elapsed">Wall time of all; less than their sum where some ran at once.</param>
    public static void Write(
        IAnsiConsole console,
        IReadOnlyList<RunResult> results,
        TimeSpan elapsed
    )
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("notebook");
        foreach (
            var name in new[]
            {
                "prepared, s",
                "cells, s",
                "first output, s",
                "peak, MB",
                "code cells",
            }
        )
            table.AddColumn(new TableColumn(name).RightAligned());
        table.AddColumn("result");
        foreach (var (notebook, failure, reused) in results)
            table.AddRow(
                Markup.Escape(notebook.Name),
                Seconds(notebook.Costs.Prepared),
                Seconds(notebook.Costs.Running),
                notebook.Costs.FirstOutput is TimeSpan first ? Seconds(first) : "",
                Megabytes(notebook.Costs.PeakBytes),
                $"{CodeCells(notebook)}",
                reused ? "[grey]unchanged[/]"
                    : failure is null ? "[green]passed[/]"
                    : $"[red]{Markup.Escape(failure.Kind.ToLowerInvariant())}[/]"
            );
        console.Write(table);
        foreach (
            var remark in results.Where(r => !r.Reused).SelectMany(r => Remarks.Of(r.Notebook))
        )
            console.MarkupLineInterpolated($"[yellow]{remark}[/]");
        if (results.Count > 1)
            console.MarkupLineInterpolated(
                $"{results.Count} notebooks, {results.Sum(r => CodeCells(r.Notebook))} code cells, {Seconds(elapsed)} s"
            );
    }

    /// <summary>Empty where the system does not say.</summary>
    public static string Megabytes(long bytes) =>
        bytes == 0 ? "" : (bytes >> 20).ToString("n0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("f1", CultureInfo.InvariantCulture);

    private static int CodeCells(ExecutedNotebook notebook) =>
        notebook.Cells.Count(c => c.Kind == CellKind.CSharp);
}
