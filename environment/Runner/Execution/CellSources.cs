using System.Collections.Generic;
using System.IO;
using Diffusion.Runner.Notebooks;
using Microsoft.CodeAnalysis;

namespace Diffusion.Runner.Execution;

/// <summary>
/// Finds what <c>#load</c> names: for a loaded file relative to itself, for a cell relative to the
/// working directory, whichever notebook the cell was imported from. So does the engine.
/// </summary>
internal sealed class CellSources(string workingDirectory)
    : SourceFileResolver([], workingDirectory)
{
    private readonly HashSet<string> cellFiles = [];

    /// <summary>Says that a file holds cells and is not loaded.</summary>
    public void AddCellFile(string path) => cellFiles.Add(path);

    public override string? ResolveReference(string path, string? baseFilePath) =>
        base.ResolveReference(
            path,
            baseFilePath is not null && cellFiles.Contains(baseFilePath) ? null : baseFilePath
        );

    public override Stream OpenRead(string resolvedPath) =>
        new MemoryStream(SourceFile.Bytes(resolvedPath), writable: false);
}
