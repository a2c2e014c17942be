using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Linting;

/// <summary>
/// Refuses what the genuine engine would refuse or understand otherwise, before anything is run; and
/// loads and imports that would never end.
/// </summary>
/// <remarks>
/// What the compiler refuses by itself (a Span as a variable, a type that uses a cell's variable, a name
/// that the default usings do not bring, C# 14) is left to it: all cells are compiled before one runs.
/// </remarks>
internal sealed class Linter
{
    private readonly string notebook;
    private readonly string workingDirectory;
    private readonly Action<Place> looking;
    private readonly SourceTree sources = new();
    private readonly List<CellFailure> found = [];

    private Linter(string notebook, Action<Place> looking)
    {
        this.notebook = notebook;
        this.looking = looking;
        workingDirectory = Path.GetDirectoryName(notebook)!;
    }

    /// <summary>Looks at a notebook and at all that it loads and imports.</summary>
    /// <param name="looking">Told of what is looked at next.</param>
    /// <returns>What is wrong, in the order in which it would be met; empty where nothing is.</returns>
    /// <exception cref="NotebookException">There is no such notebook.</exception>
    public static IReadOnlyList<CellFailure> Check(string path, Action<Place>? looking = null) =>
        Check(path, out _, looking);

    /// <param name="files">The notebook, and all that it loads and imports.</param>
    public static IReadOnlyList<CellFailure> Check(
        string path,
        out IReadOnlyList<CheckedFile> files,
        Action<Place>? looking = null
    )
    {
        var linter = new Linter(Path.GetFullPath(path), looking ?? (_ => { }));
        linter.sources.Read(linter.notebook, depth: 0);
        linter.CheckNotebook(linter.notebook, importedBy: 0, depth: 0);
        files = linter.sources.Files;
        return linter.found;
    }

    /// <param name="path">A <c>.dib</c> file.</param>
    /// <param name="importedBy">The notebook's cell that imports it; 0 for the notebook itself.</param>
    private void CheckNotebook(string path, int importedBy, int depth)
    {
        var document = DibDocument.Read(path);
        CheckMetadata(path, document, importedBy);
        for (var i = 0; i < document.Cells.Count; i++)
        {
            var (cell, number) = (document.Cells[i], importedBy > 0 ? importedBy : i + 1);
            if (cell.Kind == CellKind.CSharp)
                CheckCode(new Place(path, number, cell.Line), cell.Source, depth);
            else
                Add(new Place(path, number, cell.Line), TextRules.Find(cell.Source));
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
                    DibDocument.Lines(SourceFile.Read(path)),
                    l => l.StartsWith("#!meta", StringComparison.Ordinal)
                ) + 1;
            Add(
                new Place(path, cell, line),
                [new Problem(0, $"What stands behind #!meta must be JSON: {e.Message}")]
            );
        }
    }

    private void CheckCode(Place place, string code, int depth)
    {
        looking(place);
        if (Nesting.Find(code) is Problem nested)
        {
            Add(place, [nested]);
            return;
        }
        var root = new Lazy<CompilationUnitSyntax>(() => ScriptSyntax.Parse(code));
        Add(place, CellRules.Find(code, root));
        if (ImportDirective.Of(code) is ImportDirective import)
            CheckImport(place, import, depth);
        else
            // A cell's #load is relative to the working directory, whichever file the cell is in.
            CheckLoads(place, root.Value, workingDirectory, depth: 0);
    }

    private void CheckImport(Place place, ImportDirective import, int depth)
    {
        var imported = Path.GetFullPath(import.Path, workingDirectory);
        // What is missing is reported where the cells are compiled, and so are circles.
        if (!File.Exists(imported) || depth == Submission.DeepestImport)
            return;
        try
        {
            if (depth == 0)
                sources.Import(imported, workingDirectory);
            if (sources.Read(imported, depth: 0) is not string text)
                return;
            if (imported.EndsWith(".dib", StringComparison.Ordinal))
                CheckNotebook(imported, place.Cell, depth + 1);
            else
                CheckCode(new Place(imported, place.Cell, 1), text, depth + 1);
        }
        catch (NotebookException e)
        {
            Add(place, [new Problem(import.Line, e.Message)]);
        }
    }

    private void CheckLoads(Place place, CompilationUnitSyntax root, string folder, int depth)
    {
        foreach (var load in ScriptSyntax.Loads(root))
        {
            var path = Path.GetFullPath(load.File.ValueText, folder);
            if (!File.Exists(path))
                continue;
            try
            {
                if (sources.Read(path, depth + 1) is string text)
                    CheckLoaded(
                        new Place(path, place.Cell, 1),
                        string.Join('\n', DibDocument.Lines(text)),
                        depth + 1
                    );
            }
            catch (NotebookException e)
            {
                Add(place, [ScriptSyntax.At(load.GetLocation(), e.Message)]);
            }
        }
    }

    private void CheckLoaded(Place place, string code, int depth)
    {
        looking(place);
        if (Nesting.Find(code) is Problem nested)
        {
            Add(place, [nested]);
            return;
        }
        var root = ScriptSyntax.Parse(code);
        Add(place, LoadedFileRules.Find(code, root));
        CheckLoads(place, root, Path.GetDirectoryName(place.File)!, depth);
    }

    private void Add(Place place, IEnumerable<Problem> problems) =>
        found.AddRange(
            // Nobody reads more, and each costs a look into its file.
            problems
                .Take(CellFailure.MostAtOnce - found.Count)
                .Select(p =>
                    (place with { Line = place.Line + p.Line }).Fail("Refused", notebook, p.Message)
                )
        );
}
