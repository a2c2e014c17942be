using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Microsoft.DotNet.Interactive;

namespace Diffusion.Runner.Execution;

/// <summary>Runs a notebook's cells one after the other in this process.</summary>
internal sealed partial class NotebookRun(string path)
{
    private const int DeepestImport = 8;

    private readonly ScriptSession session = new(Path.GetDirectoryName(path)!);
    private OutputCollector? current;

    /// <summary>Runs all cells, or all up to the first that fails.</summary>
    /// <param name="report">Told of each cell's start and end, and of a failure.</param>
    /// <returns>Whether every cell ran.</returns>
    public async Task<bool> RunAsync(
        Action<WorkerEvent> report,
        CancellationToken cancellationToken
    )
    {
        var cells = DibDocument.Read(path).Cells;
        // A host starts a notebook in the notebook's own folder.
        Environment.CurrentDirectory = Path.GetDirectoryName(path)!;
        var (output, error) = (Console.Out, Console.Error);
        Console.SetOut(new CellConsole(OutputKind.StandardOutput, () => current));
        Console.SetError(new CellConsole(OutputKind.StandardError, () => current));
        try
        {
            for (var i = 0; i < cells.Count; i++)
            {
                report(new WorkerEvent { Started = i + 1, Of = cells.Count });
                var (executed, failure) = await RunCellAsync(cells[i], i + 1, cancellationToken);
                report(new WorkerEvent { Finished = executed, Failure = failure });
                if (failure is not null)
                    return false;
            }
            return true;
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    private async Task<(ExecutedCell, CellFailure?)> RunCellAsync(
        DibCell cell,
        int number,
        CancellationToken cancellationToken
    )
    {
        var collector = new OutputCollector();
        var clock = Stopwatch.StartNew();
        CellFailure? failure = null;
        if (cell.Kind == CellKind.CSharp)
        {
            current = collector;
            var context = new KernelInvocationContext(collector.Show, cancellationToken);
            KernelInvocationContext.Current = context;
            try
            {
                if (await RunCodeAsync(cell, path, depth: 0, cancellationToken) is object value)
                    collector.Return(value);
            }
            catch (LocatedException e)
            {
                failure = e.Failure with { Cell = number };
            }
            catch (Exception e)
            {
                failure = FailureLocator.Locate(e, path, number, cell.Line);
            }
            finally
            {
                context.End();
                current = null;
            }
            if (failure is not null)
                collector.Fail(failure.Message);
        }
        var executed = new ExecutedCell(
            number,
            cell.Kind,
            cell.Source,
            cell.Line,
            cell.Kind == CellKind.CSharp ? clock.Elapsed : TimeSpan.Zero,
            collector.All()
        );
        return (executed, failure);
    }

    private async Task<object?> RunCodeAsync(
        DibCell cell,
        string file,
        int depth,
        CancellationToken cancellationToken
    )
    {
        if (ImportLine().Match(cell.Source) is not { Success: true } import)
            return await session.RunAsync(cell.Source, file, cancellationToken);

        // Relative to the working directory also where imports are nested, as in the engine.
        var imported = Path.GetFullPath(import.Groups["path"].Value);
        if (depth == DeepestImport)
            throw new NotebookException(
                $"'{imported}' is imported more than {DeepestImport} levels deep: do notebooks import each other in a circle?"
            );
        if (!File.Exists(imported))
            throw new NotebookException(
                $"There is no file '{imported}' to import: the path is relative to the notebook's folder."
            );
        foreach (var inner in CellsOf(imported))
        {
            try
            {
                if (inner.Kind == CellKind.CSharp)
                    await RunCodeAsync(inner, imported, depth + 1, cancellationToken);
            }
            catch (Exception e) when (e is not LocatedException)
            {
                throw new LocatedException(FailureLocator.Locate(e, imported, 0, inner.Line));
            }
        }
        return null;
    }

    private static IReadOnlyList<DibCell> CellsOf(string imported) =>
        Path.GetExtension(imported) switch
        {
            ".dib" => DibDocument.Read(imported).Cells,
            ".csx" or ".cs" => [new DibCell(CellKind.CSharp, File.ReadAllText(imported), 1)],
            var other => throw new NotebookException(
                $"'{imported}' cannot be imported: {other} is neither .dib nor .csx."
            ),
        };

    [GeneratedRegex("""^\s*#!import\s+"?(?<path>[^"\n]+?)"?\s*$""")]
    private static partial Regex ImportLine();

    /// <summary>A failure whose place is known already: it lies in an imported notebook.</summary>
    private sealed class LocatedException(CellFailure failure) : Exception(failure.Message)
    {
        public CellFailure Failure { get; } = failure;
    }
}
