using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Linting;

/// <summary>Compiles all cells of a notebook, each against those before it, and runs none.</summary>
internal static partial class Compilation
{
    public static IReadOnlyList<CellFailure> Check(string path)
    {
        path = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(path)!;
        return Check(new ScriptSession(folder), path, folder);
    }

    private static IReadOnlyList<CellFailure> Check(
        ScriptSession session,
        string path,
        string folder
    )
    {
        var cells = DibDocument.Read(path).Cells;
        for (var i = 0; i < cells.Count; i++)
        {
            if (cells[i].Kind != CellKind.CSharp)
                continue;
            var import = ImportLine().Match(cells[i].Source);
            var failures = import.Success
                ? Check(session, Path.GetFullPath(import.Groups["path"].Value, folder), folder)
                : session
                    .Check(cells[i].Source, path)
                    .Select(error => FailureLocator.Locate(error, path, i + 1, cells[i].Line))
                    .ToArray();
            // What follows builds on this cell: its errors would only repeat these.
            if (failures.Count > 0)
                return failures;
        }
        return [];
    }

    [GeneratedRegex("""^\s*#!import\s+"?(?<path>[^"\n]+?)"?\s*$""")]
    private static partial Regex ImportLine();
}
