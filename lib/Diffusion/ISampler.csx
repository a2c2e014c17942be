#nullable enable
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A way from noise to images along a list of timesteps.</summary>
public interface ISampler
{
    /// <summary>Falling, ends in 0.</summary>
    IReadOnlyList<int> Timesteps { get; }

    /// <summary>How often the predictor is asked in all: what sampling costs.</summary>
    int Evaluations { get; }

    /// <summary>Walks from noise to images and shows each step as it is made.</summary>
    /// <remarks>
    /// Steps are computed one by one as the sequence is read. Their tensors belong to the dispose
    /// scope that is open where the sequence is read, or to the caller, who disposes of the step.
    /// </remarks>
    /// <param name="predictor">Asked at each timestep.</param>
    /// <param name="noise">x at the first timestep, standard normal <c>[B, C, H, W]</c>.</param>
    /// <param name="generator">Where new noise comes from, on the CPU; not looked at by samplers that draw none.</param>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed.</exception>
    IEnumerable<SamplingStep> Steps(
        INoisePredictor predictor,
        Tensor noise,
        Generator? generator = null
    );
}

/// <summary>What can be done with any sampler.</summary>
public static class Sampling
{
    /// <summary>Draws noise from a seed and walks all the way.</summary>
    /// <param name="sampler">How to walk.</param>
    /// <param name="predictor">Asked at each timestep.</param>
    /// <param name="shape"><c>[B, C, H, W]</c>, such as <c>[16, 1, 32, 32]</c>.</param>
    /// <param name="seed">The same seed gives the same images, on every device.</param>
    /// <param name="progress">The title of a progress bar; none where nothing is said.</param>
    /// <returns>x₀, <c>[B, C, H, W]</c>, about [−1, 1].</returns>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed.</exception>
    public static Tensor Draw(
        ISampler sampler,
        INoisePredictor predictor,
        long[] shape,
        long seed,
        string? progress = null
    )
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var result = randn(shape, generator: generator).to(Host.Device);
        var steps = sampler.Steps(predictor, result, generator);
        if (progress is not null)
            steps = Progress.Over(steps, sampler.Timesteps.Count - 1, progress);
        foreach (var step in steps)
        {
            result.Dispose();
            result = step.X;
            step.PredictedNoise.Dispose();
            step.PredictedClean.Dispose();
        }
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Goes along a list of timesteps: what every sampler's <see cref="ISampler.Steps"/> has in common.</summary>
    /// <param name="timesteps">Falling, ends in 0.</param>
    /// <param name="noise">x at the first of them.</param>
    /// <param name="next">One step: x, t and s to x_s. It runs in a dispose scope of its own.</param>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed.</exception>
    public static IEnumerable<SamplingStep> Walk(
        IReadOnlyList<int> timesteps,
        Tensor noise,
        Func<Tensor, int, int, SamplingStep> next
    )
    {
        // The walk's own handle on x: a reader may dispose of the steps as they come.
        var x = noise.alias().DetachFromDisposeScope();
        try
        {
            for (var i = 0; i + 1 < timesteps.Count; i++)
            {
                Host.ThrowIfStopped();
                SamplingStep step;
                using (NewDisposeScope())
                    step = next(x, timesteps[i], timesteps[i + 1]).MoveToOuterScope();
                x.Dispose();
                x = step.X.alias().DetachFromDisposeScope();
                yield return step;
            }
        }
        finally
        {
            x.Dispose();
        }
    }
}
