using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Linting;

/// <summary>The files that a notebook loads and imports, each read once, as many as a notebook may have.</summary>
internal sealed class SourceTree
{
    // The library has about a hundred files, two deep, and its environment a dozen cells.
    private const int MostFiles = 1_000;
    private const long MostCharacters = 64L << 20;
    private const int DeepestLoad = 32;
    private const int MostImportedCells = 2_000;

    private readonly HashSet<string> seen = [];
    private readonly List<CheckedFile> read = [];
    private readonly Dictionary<string, IReadOnlyList<string?>> cells = [];
    private long characters;
    private long imported;

    /// <summary>All that was read.</summary>
    public IReadOnlyList<CheckedFile> Files => read;

    /// <summary>Reads a file.</summary>
    /// <param name="depth">How many files load it by way of each other.</param>
    /// <returns>Null where it was read before.</returns>
    /// <exception cref="NotebookException">It is too much, too deep, or no file to read.</exception>
    public string? Read(string path, int depth)
    {
        if (!seen.Add(path))
            return null;
        if (depth > DeepestLoad)
            throw new NotebookException(
                $"'{path}' is loaded more than {DeepestLoad} levels deep: load it from a file further up."
            );
        if (seen.Count > MostFiles)
            throw new NotebookException(
                $"'{path}' is one file too many: a notebook may load and import {MostFiles:n0}."
            );
        var text = SourceFile.Read(path);
        read.Add(CheckedFile.Of(path, text));
        characters += text.Length;
        return characters <= MostCharacters
            ? text
            : throw new NotebookException(
                $"With '{path}' the notebook loads and imports more than {MostCharacters >> 20} MB of code: leave some of it out."
            );
    }

    /// <summary>Counts what a notebook's import puts in its place, without putting it there: imports may multiply.</summary>
    /// <exception cref="NotebookException">It is too much.</exception>
    public void Import(string path, string workingDirectory)
    {
        imported += CellsOf(path, workingDirectory, [], depth: 1);
        if (imported > MostImportedCells)
            throw new NotebookException(
                $"With '{path}' the notebook imports more than {MostImportedCells:n0} cells, those of nested imports counted each time: import less."
            );
    }

    private long CellsOf(
        string path,
        string workingDirectory,
        Dictionary<(string, int), long> known,
        int depth
    )
    {
        if (depth > Submission.DeepestImport || !path.EndsWith(".dib", StringComparison.Ordinal))
            return 1;
        if (known.TryGetValue((path, depth), out var count))
            return count;
        foreach (var import in ImportsOf(path))
        {
            count += import is null
                ? 1
                : CellsOf(
                    Path.GetFullPath(import, workingDirectory),
                    workingDirectory,
                    known,
                    depth + 1
                );
            // Far enough, and it can't overflow.
            if (count > MostImportedCells)
                break;
        }
        return known[(path, depth)] = count;
    }

    /// <summary>For each cell what it imports; null where it is code.</summary>
    private IReadOnlyList<string?> ImportsOf(string path)
    {
        if (!cells.TryGetValue(path, out var imports))
            cells[path] = imports = File.Exists(path)
                ? DibDocument
                    .Read(path)
                    .Cells.Where(c => c.Kind == CellKind.CSharp)
                    .Select(c => ImportDirective.Of(c.Source)?.Path)
                    .ToArray()
                : [];
        return imports;
    }
}
