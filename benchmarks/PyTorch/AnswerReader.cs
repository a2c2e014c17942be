using System;
using System.IO;

namespace Diffusion.Benchmarks.PyTorch;

/// <summary>Finds pytorch.py's answers among what the libraries beneath it print.</summary>
/// <param name="output">What it writes.</param>
/// <param name="other">Is given every line that is no answer, for somebody to read.</param>
internal sealed class AnswerReader(TextReader output, TextWriter other)
{
    /// <summary>What each answer begins with.</summary>
    public const string Mark = "answer: ";

    /// <summary>The next answer, without its mark; null at the end.</summary>
    public string? Next()
    {
        while (output.ReadLine() is { } line)
            if (line.StartsWith(Mark, StringComparison.Ordinal))
                return line[Mark.Length..];
            else if (line.Length > 0)
                other.WriteLine(line);
        return null;
    }
}
