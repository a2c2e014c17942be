using System.Collections.Generic;

namespace Diffusion.Runner.Compiling;

/// <summary>Loaded files that were compiled before.</summary>
/// <param name="Image">What they were compiled to.</param>
/// <param name="Files">All of them, also those that they load themselves.</param>
internal sealed record KeptLibrary(SubmissionImage Image, IReadOnlyList<KeptFile> Files);

/// <param name="Path">Absolute.</param>
/// <param name="Hash">Of its text.</param>
/// <param name="Skeleton">Its declarations, for what is compiled behind it.</param>
internal sealed record KeptFile(string Path, string Hash, string Skeleton);
