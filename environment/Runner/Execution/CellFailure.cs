using System;
using System.IO;
using System.Text;

namespace Diffusion.Runner.Execution;

/// <summary>Why a cell failed and where.</summary>
/// <param name="Kind">Compile error, exception, failed check, time-out, …</param>
/// <param name="File">The file with the guilty line: the notebook, or a file that it loads or imports.</param>
/// <param name="Cell">1-based number of the notebook's cell that ran, or 0 where none did.</param>
/// <param name="Line">1-based line in <paramref name="File"/>, or 0 where no line is to blame.</param>
/// <param name="LineText">That line.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Notebook">The notebook that ran, where the guilty line is in another file.</param>
public sealed record CellFailure(
    string Kind,
    string File,
    int Cell,
    int Line,
    string LineText,
    string Message,
    string? Notebook = null
)
{
    /// <summary>As many are said of one notebook.</summary>
    internal const int MostAtOnce = 100;

    // An exception may say a gigabyte.
    private const int LongestMessage = 10_000;

    /// <summary>A message as long as anybody reads it.</summary>
    internal static string Shortened(string message) =>
        message.Length <= LongestMessage ? message : message[..LongestMessage] + "…";

    public override string ToString()
    {
        var text = new StringBuilder($"{Kind} in {Near(Notebook ?? File)}");
        if (Cell > 0)
            text.Append($", cell {Cell}");
        if (Notebook is not null)
            text.Append($", by {Near(File)}");
        if (Line > 0)
            text.Append($", line {Line}:\n    {LineText.Trim()}");
        text.Append($"\n{Message}");
        return text.ToString();
    }

    /// <summary>A path as it is shortest said from here.</summary>
    internal static string Near(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
