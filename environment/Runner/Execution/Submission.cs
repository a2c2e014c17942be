using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>A piece of code that is compiled and run by itself: a cell, or a cell of an imported file.</summary>
/// <param name="Code">Without the import line.</param>
/// <param name="File">The file that it is in, absolute.</param>
/// <param name="FirstLine">The 1-based line of the file at which it begins.</param>
internal sealed record Submission(string Code, string File, int FirstLine)
{
    internal const int DeepestImport = 8;

    /// <summary>The code with as many empty lines before it as the file has: the compiler's lines are then the file's.</summary>
    public string CodeInPlace => new string('\n', FirstLine - 1) + Code;

    public int LastLine => FirstLine + Code.Count(c => c == '\n');

    /// <summary>What a cell runs: itself, or what it imports, in order.</summary>
    /// <param name="cell">A code cell.</param>
    /// <param name="file">The file that the cell is in.</param>
    /// <param name="workingDirectory">Imports are relative to it also where they are nested, as in the engine.</param>
    /// <exception cref="LocatedException">A file cannot be imported.</exception>
    public static IEnumerable<Submission> Of(DibCell cell, string file, string workingDirectory) =>
        Of(cell, file, workingDirectory, depth: 0);

    private static IEnumerable<Submission> Of(
        DibCell cell,
        string file,
        string workingDirectory,
        int depth
    )
    {
        if (ImportDirective.Of(cell.Source) is not ImportDirective import)
            return [new Submission(cell.Source, file, cell.Line)];

        var line = cell.Line + import.Line;
        var imported = Path.GetFullPath(import.Path, workingDirectory);
        if (depth == DeepestImport)
            throw LocatedException.At(
                file,
                line,
                $"'{imported}' is imported more than {DeepestImport} levels deep: do notebooks import each other in a circle?"
            );
        if (!System.IO.File.Exists(imported))
            throw LocatedException.At(
                file,
                line,
                $"There is no file '{imported}' to import: the path is relative to the notebook's folder."
            );
        return Path.GetExtension(imported) switch
        {
            ".dib" => DibDocument
                .Read(imported)
                .Cells.Where(c => c.Kind == CellKind.CSharp)
                .SelectMany(c => Of(c, imported, workingDirectory, depth + 1)),
            ".csx" => [new Submission(SourceFile.Read(imported), imported, 1)],
            var other => throw LocatedException.At(
                file,
                line,
                $"'{imported}' cannot be imported: '{other}' is neither .dib nor .csx."
            ),
        };
    }
}
