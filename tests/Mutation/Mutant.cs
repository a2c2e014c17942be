namespace Diffusion.Mutation;

/// <summary>A small change of the library, as a slip of the pen would make it.</summary>
/// <param name="Number">By which it is switched on.</param>
/// <param name="File">Of <c>lib/Diffusion</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Before">The code as it is.</param>
/// <param name="After">The code that takes its place.</param>
internal sealed record Mutant(int Number, string File, int Line, string Before, string After);
