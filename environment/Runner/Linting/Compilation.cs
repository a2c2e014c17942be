using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Compiling;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;
using Microsoft.CodeAnalysis.CSharp;

namespace Diffusion.Runner.Linting;

/// <summary>Compiles all cells of a notebook, each against those before it, and runs none.</summary>
/// <remarks>
/// The engine's last tagged version compiles C# 13, its last builds C# 14, which takes some programs
/// otherwise (<c>field</c> in an accessor, arrays where spans are asked for): both must do.
/// </remarks>
internal static class Compilation
{
    /// <returns>What the compiler says; empty where the notebook compiles.</returns>
    /// <param name="looking">Told of what is compiled next.</param>
    public static IReadOnlyList<CellFailure> Check(string path, Action<Place>? looking = null)
    {
        looking ??= _ => { };
        path = Path.GetFullPath(path);
        var cells = DibDocument.Read(path).Cells;
        // Beside each other, each on a core of its own.
        var newer = Task.Run(() => Check(path, cells, LanguageVersion.CSharp14, looking));
        var failures = Check(path, cells, LanguageVersion.CSharp13, looking);
        var newerFailures = newer.GetAwaiter().GetResult();
        return failures.Count > 0
            ? failures
            : newerFailures
                .Select(f =>
                    f with
                    {
                        Message =
                            $"{f.Message}\nThis is so in C# 14, which the engine's last builds compile.",
                    }
                )
                .ToArray();
    }

    private static IReadOnlyList<CellFailure> Check(
        string path,
        IReadOnlyList<DibCell> cells,
        LanguageVersion language,
        Action<Place> looking
    ) =>
        CompiledNotebook
            .Compile(
                path,
                cells,
                new ScriptSession(Path.GetDirectoryName(path)!, language, KeptLibraries.For(path)),
                looking
            )
            .Failures;
}
