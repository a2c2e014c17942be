using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Execution;

/// <summary>Finds the line that is to blame for a failed cell.</summary>
internal static class FailureLocator
{
    /// <param name="exception">What the cell threw.</param>
    /// <param name="path">The notebook that the cell is in.</param>
    /// <param name="cell">Its number.</param>
    /// <param name="firstLine">The line of the notebook at which the cell's code begins.</param>
    public static CellFailure Locate(Exception exception, string path, int cell, int firstLine)
    {
        switch (exception)
        {
            case CompilationErrorException compilation:
                return Locate(
                    compilation.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error),
                    path,
                    cell,
                    firstLine
                );
            case NotebookException:
                return new CellFailure(
                    "Error",
                    path,
                    cell,
                    firstLine,
                    LineOf(path, firstLine),
                    exception.Message
                );
            default:
                var frames = new StackTrace(exception, fNeedFileInfo: true)
                    .GetFrames()
                    .Where(f => f.GetFileName() is not null)
                    .ToArray();
                var inCell = frames.FirstOrDefault(f => f.GetFileName() == path);
                var kind =
                    exception.GetType().Name == "CheckFailedException"
                        ? "Failed check"
                        : "Exception";
                var message = $"{exception.GetType().Name}: {exception.Message}";
                if (inCell is null)
                    return new CellFailure(
                        kind,
                        path,
                        cell,
                        firstLine,
                        LineOf(path, firstLine),
                        message
                    );
                var thrownIn = frames[0].GetFileName();
                if (thrownIn != path && kind == "Exception")
                    message += $"\nthrown in {thrownIn}, line {frames[0].GetFileLineNumber()}";
                var line = firstLine + inCell.GetFileLineNumber() - 1;
                return new CellFailure(kind, path, cell, line, LineOf(path, line), message);
        }
    }

    /// <summary>The same for what the compiler says.</summary>
    public static CellFailure Locate(Diagnostic error, string path, int cell, int firstLine)
    {
        var span = error.Location.GetLineSpan();
        var inNotebook = span.Path == path || string.IsNullOrEmpty(span.Path);
        var file = inNotebook ? path : span.Path;
        var line = span.StartLinePosition.Line + (inNotebook ? firstLine : 1);
        return new CellFailure(
            "Compile error",
            file,
            cell,
            line,
            LineOf(file, line),
            $"{error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}"
        );
    }

    public static string LineOf(string path, int line) =>
        File.Exists(path) ? File.ReadLines(path).ElementAtOrDefault(line - 1) ?? "" : "";
}
