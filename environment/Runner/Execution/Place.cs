using System;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>What is being looked at: whoever ends the process is to blame there.</summary>
/// <param name="File">The notebook, or a file that it loads or imports.</param>
/// <param name="Cell">1-based number of the notebook's cell; 0 where it is none.</param>
/// <param name="Line">1-based line in <paramref name="File"/>; 0 for none.</param>
internal sealed record Place(string File, int Cell, int Line)
{
    /// <param name="notebook">The notebook that all this belongs to.</param>
    public CellFailure Fail(string kind, string notebook, string message) =>
        new(
            kind,
            File,
            Cell,
            Line,
            Line > 0 ? SourceLines.Line(File, Line) : "",
            CellFailure.Shortened(message),
            File == notebook ? null : notebook
        );

    /// <param name="exception">What a look at this ended in.</param>
    /// <param name="notebook">The notebook that all this belongs to.</param>
    public CellFailure Fail(Exception exception, string notebook) =>
        exception switch
        {
            // These say by themselves what it is about.
            NotebookException or DllNotFoundException => new Place(notebook, 0, 0).Fail(
                "Error",
                notebook,
                exception.Message
            ),
            OutOfMemoryException => Fail(
                "Error",
                notebook,
                "This took more memory than there is for it: make it smaller."
            ),
            _ => Fail("Error", notebook, $"{exception.GetType().Name}: {exception.Message}"),
        };
}
