using Microsoft.CodeAnalysis.CSharp;

namespace Diffusion.Runner.Compiling;

/// <summary>A submission of a chain, compiled.</summary>
/// <param name="Number">How many submissions are before it.</param>
/// <param name="Compilation">What it declares; of files that were compiled before only that.</param>
/// <param name="Image">What it was compiled to.</param>
/// <param name="HasValue">Whether it ends in an expression, whose value is shown.</param>
internal sealed record Link(
    int Number,
    CSharpCompilation Compilation,
    SubmissionImage Image,
    bool HasValue
);
