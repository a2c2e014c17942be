using System.Collections.Generic;
using System.IO;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Linting;

/// <summary>Compiles all cells of a notebook, each against those before it, and runs none.</summary>
internal static class Compilation
{
    /// <returns>What the compiler says; empty where the notebook compiles.</returns>
    public static IReadOnlyList<CellFailure> Check(string path)
    {
        path = Path.GetFullPath(path);
        return CompiledNotebook.Compile(path, DibDocument.Read(path).Cells).Failures;
    }
}
