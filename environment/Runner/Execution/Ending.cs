using System;

namespace Diffusion.Runner.Execution;

/// <summary>How a child process ended.</summary>
/// <param name="ExitCode">The system's.</param>
/// <param name="Noise">What it said on its error stream, as the end of a sentence; empty where it said nothing.</param>
/// <param name="Nonsense">Why what it told could not be taken for events; null where all went well.</param>
internal sealed record Ending(int ExitCode, string Noise, string? Nonsense)
{
    public string Meaning =>
        ExitCode switch
        {
            128 + 6 => "an abort (code 134)",
            128 + 9 => "a kill from outside (code 137; the system does that when memory runs out)",
            128 + 11 => "an access violation in native code (code 139)",
            _ => $"code {ExitCode}",
        };

    /// <summary>What to say of a process that ended while it read and compiled.</summary>
    public string WhileCompiling =>
        Noise.Contains("Stack overflow", StringComparison.Ordinal)
            ? "This is nested too deeply for the compiler, whose stack overflowed: take it apart."
            : $"The process that compiles ended with {Meaning} before this was compiled.{Noise}";
}
