namespace Notebooks.Tests;

/// <summary>A line of the library, changed on purpose.</summary>
/// <param name="Chapter">The one that teaches the line, and notices.</param>
/// <param name="Check">A text of the cell whose check notices.</param>
/// <param name="File">Of the library.</param>
/// <param name="Text">What stands there, once.</param>
/// <param name="Replacement">What is put in its place.</param>
internal sealed record Defect(
    string Chapter,
    string Check,
    string File,
    string Text,
    string Replacement
);
