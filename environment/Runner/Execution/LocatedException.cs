using System;

namespace Diffusion.Runner.Execution;

/// <summary>Something is wrong with a line of a notebook or of a file that it uses.</summary>
internal sealed class LocatedException(CellFailure failure) : Exception(failure.Message)
{
    /// <summary>What is known of it; the cell that ran is not.</summary>
    public CellFailure Failure { get; } = failure;

    public static LocatedException At(string file, int line, string message) =>
        new(new CellFailure("Error", file, 0, line, SourceLines.Line(file, line), message));
}
