namespace Diffusion.Runner.Linting;

/// <summary>Something that the engine would refuse.</summary>
/// <param name="Line">0-based line in the code that was looked at.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record Problem(int Line, string Message);
