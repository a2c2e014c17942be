using System;
using System.Collections.Generic;

namespace Diffusion.Runner.Notebooks;

/// <summary>A notebook after its run: what the book and the <c>.ipynb</c> copy are written from.</summary>
/// <param name="Name">File name without extension, such as <c>01-forward-process</c>.</param>
/// <param name="SourcePath">The <c>.dib</c> file, absolute.</param>
/// <param name="Cells">Every cell in order, text and code.</param>
/// <param name="Costs">What the run took of time and memory.</param>
public sealed record ExecutedNotebook(
    string Name,
    string SourcePath,
    IReadOnlyList<ExecutedCell> Cells,
    RunCosts Costs
);

/// <summary>What a cell holds.</summary>
public enum CellKind
{
    Markdown,
    CSharp,
}

/// <summary>One cell with what it showed.</summary>
/// <param name="Number">1-based, counting all cells of the notebook, text too.</param>
/// <param name="Kind">Text or code.</param>
/// <param name="Source">The content without selector and surrounding blank lines.</param>
/// <param name="Line">1-based line of <paramref name="Source"/>'s first line in the <c>.dib</c>.</param>
/// <param name="Elapsed">Zero for text.</param>
/// <param name="Outputs">In the order in which they were first shown; updates are already applied.</param>
public sealed record ExecutedCell(
    int Number,
    CellKind Kind,
    string Source,
    int Line,
    TimeSpan Elapsed,
    IReadOnlyList<CellOutput> Outputs
);

/// <summary>Where an output came from.</summary>
public enum OutputKind
{
    StandardOutput,
    StandardError,
    Display,
    ReturnValue,
    Error,
}

/// <summary>One output of a cell.</summary>
/// <param name="Kind">Which stream or call it came from.</param>
/// <param name="Data">Media type to text: <c>text/plain</c>, <c>text/html</c>, <c>image/png</c> (base64) ...</param>
public sealed record CellOutput(OutputKind Kind, IReadOnlyDictionary<string, string> Data);
