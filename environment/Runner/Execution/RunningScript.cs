using System;
using System.Threading.Tasks;
using Diffusion.Runner.Compiling;

namespace Diffusion.Runner.Execution;

/// <summary>What the submissions of one run have made so far.</summary>
/// <param name="thread">Where they start.</param>
internal sealed class RunningScript(CellThread thread)
{
    private readonly SubmissionLoader loader = new();

    // Each submission's variables have their place; the first is for what a host hands in, which is nothing.
    private object?[] states = new object?[64];

    /// <summary>Runs a submission; those that it uses must have run.</summary>
    /// <returns>The trailing expression's value; null where there is none.</returns>
    public Task<object?> RunAsync(CompiledSubmission compiled)
    {
        if (compiled.Link.Number >= states.Length)
            Array.Resize(ref states, 2 * compiled.Link.Number);
        var now = states;
        return thread.Run(() => loader.Load(compiled.Link.Image)(now));
    }
}
