using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Execution;

/// <summary>Finds the line that is to blame for a failed cell.</summary>
/// <param name="notebook">The notebook that runs.</param>
internal sealed class FailureLocator(string notebook)
{
    /// <param name="exception">What the compiler, a package line or the running code threw.</param>
    /// <param name="submission">The code in question.</param>
    /// <param name="cell">Number of the notebook's cell that it belongs to.</param>
    public IReadOnlyList<CellFailure> Locate(Exception exception, Submission submission, int cell)
    {
        IEnumerable<CellFailure> failures = exception switch
        {
            LocatedException located => [located.Failure],
            CompilationErrorException compilation => compilation
                .Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)
                .Take(CellFailure.MostAtOnce)
                .Select(error => Compile(error, submission)),
            _ => [Run(exception, submission)],
        };
        return failures
            .Select(f => f with { Cell = cell, Notebook = f.File == notebook ? null : notebook })
            .ToArray();
    }

    private static CellFailure Compile(Diagnostic error, Submission submission)
    {
        var span = error.Location.GetLineSpan();
        var (file, line) = string.IsNullOrEmpty(span.Path)
            ? (submission.File, submission.FirstLine)
            : (span.Path, span.StartLinePosition.Line + 1);
        var message = CellFailure.Shortened(
            $"{error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}"
        );
        return new CellFailure(
            "Compile error",
            file,
            0,
            line,
            SourceLines.Line(file, line),
            CompilerAdvice.For(error) is string advice ? $"{message}\n{advice}" : message
        );
    }

    private static CellFailure Run(Exception exception, Submission submission)
    {
        // What reflection wraps around it says nothing.
        while (
            exception
                is TargetInvocationException { InnerException: { } }
                    or AggregateException { InnerExceptions.Count: 1 }
        )
            exception = exception.InnerException!;
        var frames = new StackTrace(exception, fNeedFileInfo: true)
            .GetFrames()
            .Where(f => f.GetFileName() is not null && f.GetFileLineNumber() > 0)
            .Select(f => (File: f.GetFileName()!, Line: f.GetFileLineNumber()))
            .ToArray();
        // The innermost place in the cell that ran; a check that fails inside of the library is the
        // cell's matter, and so is an argument that it refuses.
        var inCell = frames.FirstOrDefault(f =>
            f.File == submission.File
            && f.Line >= submission.FirstLine
            && f.Line <= submission.LastLine
        );
        var line = inCell.File is null ? submission.FirstLine : inCell.Line;
        var failedCheck = exception.GetType().Name == "CheckFailedException";
        var message = CellFailure.Shortened(
            failedCheck ? exception.Message : $"{exception.GetType().Name}: {exception.Message}"
        );
        if (!failedCheck && frames.Length > 0 && frames[0] != inCell)
            message +=
                $"\nthrown in {frames[0].File}, line {frames[0].Line}: {SourceLines.Line(frames[0].File, frames[0].Line).Trim()}";
        return new CellFailure(
            failedCheck ? "Failed check" : "Exception",
            submission.File,
            0,
            line,
            SourceLines.Line(submission.File, line),
            message
        );
    }
}
