using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Linting;

/// <summary>
/// Refuses what the genuine engine would refuse or understand otherwise, before anything is run.
/// </summary>
/// <remarks>
/// What the compiler refuses by itself (an extension method in a script, a name that the default
/// usings do not bring, C# 14) is left to it.
/// </remarks>
public static partial class Linter
{
    /// <summary>Looks at a notebook and at all that it loads and imports.</summary>
    /// <returns>What is wrong, in the order of the files; empty where nothing is.</returns>
    public static IReadOnlyList<CellFailure> Check(string path)
    {
        var found = new List<CellFailure>();
        CheckNotebook(
            Path.GetFullPath(path),
            Path.GetDirectoryName(Path.GetFullPath(path))!,
            [],
            found
        );
        return found;
    }

    private static void CheckNotebook(
        string path,
        string workingDirectory,
        HashSet<string> seen,
        List<CellFailure> found
    )
    {
        if (!seen.Add(path))
            return;
        DibDocument notebook;
        try
        {
            notebook = DibDocument.Read(path);
        }
        catch (NotebookException e)
        {
            found.Add(new CellFailure("Refused", path, 0, 0, "", e.Message));
            return;
        }
        for (var i = 0; i < notebook.Cells.Count; i++)
        {
            var cell = notebook.Cells[i];
            if (cell.Kind != CellKind.CSharp)
                continue;
            foreach (var problem in CellRules.Find(cell.Source))
                found.Add(At(path, i + 1, cell.Line + problem.Line, problem.Message));
            foreach (Match line in ImportLine().Matches(cell.Source))
            {
                var imported = Path.GetFullPath(line.Groups["path"].Value, workingDirectory);
                if (File.Exists(imported) && imported.EndsWith(".dib", StringComparison.Ordinal))
                    CheckNotebook(imported, workingDirectory, seen, found);
            }
            foreach (Match line in LoadLine().Matches(cell.Source))
                CheckLoaded(
                    Path.GetFullPath(line.Groups["path"].Value, Path.GetDirectoryName(path)!),
                    seen,
                    found
                );
        }
    }

    private static void CheckLoaded(string path, HashSet<string> seen, List<CellFailure> found)
    {
        // A missing file is the compiler's to report, with the place of the line that asks for it.
        if (!seen.Add(path) || !File.Exists(path))
            return;
        var code = File.ReadAllText(path).ReplaceLineEndings("\n");
        foreach (var problem in LoadedFileRules.Find(code))
            found.Add(At(path, 0, 1 + problem.Line, problem.Message));
        foreach (Match line in LoadLine().Matches(code))
            CheckLoaded(
                Path.GetFullPath(line.Groups["path"].Value, Path.GetDirectoryName(path)!),
                seen,
                found
            );
    }

    private static CellFailure At(string path, int cell, int line, string message) =>
        new("Refused", path, cell, line, FailureLocator.LineOf(path, line), message);

    [GeneratedRegex("""^\s*#!import\s+"?(?<path>[^"\n]+?)"?\s*$""", RegexOptions.Multiline)]
    private static partial Regex ImportLine();

    [GeneratedRegex("""^\s*#load\s+"(?<path>[^"\n]+)"\s*$""", RegexOptions.Multiline)]
    private static partial Regex LoadLine();
}
