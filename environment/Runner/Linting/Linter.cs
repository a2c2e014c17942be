using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Linting;

/// <summary>
/// Refuses what the genuine engine would refuse or understand otherwise, before anything is run.
/// </summary>
/// <remarks>
/// What the compiler refuses by itself (a Span as a variable, a type that uses a cell's variable, a name
/// that the default usings do not bring, C# 14) is left to it: all cells are compiled before one runs.
/// </remarks>
public sealed class Linter
{
    private readonly string notebook;
    private readonly string workingDirectory;
    private readonly HashSet<string> seen = [];
    private readonly List<CellFailure> found = [];

    private Linter(string notebook)
    {
        this.notebook = notebook;
        workingDirectory = Path.GetDirectoryName(notebook)!;
    }

    /// <summary>Looks at a notebook and at all that it loads and imports.</summary>
    /// <returns>What is wrong, in the order in which it would be met; empty where nothing is.</returns>
    /// <exception cref="NotebookException">There is no such notebook.</exception>
    public static IReadOnlyList<CellFailure> Check(string path)
    {
        var linter = new Linter(Path.GetFullPath(path));
        linter.CheckNotebook(linter.notebook, importedBy: 0);
        return linter.found;
    }

    /// <param name="path">A <c>.dib</c> file.</param>
    /// <param name="importedBy">The notebook's cell that imports it; 0 for the notebook itself.</param>
    private void CheckNotebook(string path, int importedBy)
    {
        if (!seen.Add(path))
            return;
        var document = DibDocument.Read(path);
        CheckMetadata(path, document, importedBy);
        for (var i = 0; i < document.Cells.Count; i++)
        {
            var (cell, number) = (document.Cells[i], importedBy > 0 ? importedBy : i + 1);
            if (cell.Kind == CellKind.CSharp)
                CheckCode(path, number, cell.Source, cell.Line);
            else
                Add(path, number, cell.Line, TextRules.Find(cell.Source));
        }
    }

    private void CheckMetadata(string path, DibDocument document, int cell)
    {
        if (document.Metadata is null)
            return;
        try
        {
            using var _ = JsonDocument.Parse(document.Metadata);
        }
        catch (JsonException e)
        {
            var line =
                Array.FindIndex(
                    File.ReadAllLines(path),
                    l => l.StartsWith("#!meta", StringComparison.Ordinal)
                ) + 1;
            Add(
                path,
                cell,
                line,
                [new Problem(0, $"What stands behind #!meta must be JSON: {e.Message}")]
            );
        }
    }

    private void CheckCode(string path, int number, string code, int firstLine)
    {
        Add(path, number, firstLine, CellRules.Find(code));
        if (ImportDirective.Of(code) is ImportDirective import)
        {
            var imported = Path.GetFullPath(import.Path, workingDirectory);
            // A missing file is reported where the cells are compiled.
            if (!File.Exists(imported))
                return;
            if (imported.EndsWith(".dib", StringComparison.Ordinal))
                CheckNotebook(imported, number);
            else if (seen.Add(imported))
                CheckCode(imported, number, File.ReadAllText(imported), 1);
            return;
        }
        // A cell's #load is relative to the working directory, whichever file the cell is in.
        CheckLoads(code, workingDirectory, number);
    }

    private void CheckLoads(string code, string folder, int number)
    {
        foreach (var load in ScriptSyntax.Loads(ScriptSyntax.Parse(code)))
        {
            var path = Path.GetFullPath(load.File.ValueText, folder);
            if (!seen.Add(path) || !File.Exists(path))
                continue;
            var loaded = string.Join('\n', DibDocument.Lines(File.ReadAllText(path)));
            Add(path, number, 1, LoadedFileRules.Find(loaded));
            CheckLoads(loaded, Path.GetDirectoryName(path)!, number);
        }
    }

    private void Add(string path, int cell, int firstLine, IEnumerable<Problem> problems) =>
        found.AddRange(
            problems.Select(p => new CellFailure(
                "Refused",
                path,
                cell,
                firstLine + p.Line,
                SourceLines.Line(path, firstLine + p.Line),
                p.Message,
                path == notebook ? null : notebook
            ))
        );
}
