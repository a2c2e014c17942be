using System;

namespace Diffusion.Runner.Book;

/// <summary>A text cell of which no page can be made.</summary>
/// <param name="line">0-based line in the cell.</param>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class TextProblemException(int line, string message) : Exception(message)
{
    public int Line => line;
}
