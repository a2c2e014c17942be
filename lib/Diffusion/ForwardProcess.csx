#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// The forward process: it turns an image into noise, one small Gaussian step at a time.
/// </summary>
/// <remarks>
/// Images are <c>[B, C, H, W]</c>, float32 in [−1, 1] when clean. Noise has the images' shape and is
/// standard normal; who calls draws it, so that nothing here is random.
/// </remarks>
public sealed class ForwardProcess
{
    private readonly NoiseSchedule schedule;

    public ForwardProcess(NoiseSchedule schedule) =>
        this.schedule = schedule ?? throw new ArgumentNullException(nameof(schedule));

    /// <summary>
    /// One Markov step: x_t = √α_t · x_{t−1} + √β_t · ε  (DDPM, eq. 2).
    /// </summary>
    /// <param name="previous">x_{t−1}, <c>[B, C, H, W]</c>.</param>
    /// <param name="t">1 … T.</param>
    /// <param name="noise">ε, of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the numbers are whole ones.</exception>
    /// <exception cref="ArgumentOutOfRangeException">t lies outside of 1 … T.</exception>
    public Tensor Step(Tensor previous, int t, Tensor noise)
    {
        RequireSameShape(previous, noise);
        using var scope = NewDisposeScope();
        return (
            Math.Sqrt(schedule.Alpha(t)) * previous + Math.Sqrt(schedule.Beta(t)) * noise
        ).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// t steps in one: x_t = √ᾱ_t · x₀ + √(1 − ᾱ_t) · ε  (DDPM, eq. 4).
    /// </summary>
    /// <param name="clean">x₀, <c>[B, C, H, W]</c>.</param>
    /// <param name="t">0 … T, one for the whole batch; 0 gives the clean images back.</param>
    /// <param name="noise">ε, of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the numbers are whole ones.</exception>
    /// <exception cref="ArgumentOutOfRangeException">t lies outside of 0 … T.</exception>
    public Tensor Diffuse(Tensor clean, int t, Tensor noise)
    {
        RequireSameShape(clean, noise);
        var alphaBar = schedule.AlphaBar(t);
        using var scope = NewDisposeScope();
        return (
            Math.Sqrt(alphaBar) * clean + Math.Sqrt(1 - alphaBar) * noise
        ).MoveToOuterDisposeScope();
    }

    /// <summary>The same with a timestep of its own for each image, as training needs it.</summary>
    /// <param name="clean">x₀, <c>[B, C, H, W]</c>.</param>
    /// <param name="timesteps">int64 <c>[B]</c>, each 0 … T.</param>
    /// <param name="noise">ε, of <paramref name="clean"/>'s shape.</param>
    /// <exception cref="ArgumentException">Shapes or element type do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A timestep lies outside of 0 … T.</exception>
    public Tensor Diffuse(Tensor clean, Tensor timesteps, Tensor noise)
    {
        RequireSameShape(clean, noise);
        if (
            timesteps.dtype != ScalarType.Int64
            || timesteps.dim() != 1
            || timesteps.shape[0] != clean.shape[0]
        )
            throw new ArgumentException(
                $"Timesteps must be int64 of shape [{clean.shape[0]}], one for each image, but are {timesteps.dtype} of shape [{string.Join(", ", timesteps.shape)}].",
                nameof(timesteps)
            );
        using var scope = NewDisposeScope();
        var alphaBars = timesteps
            .cpu()
            .data<long>()
            .Select(t => schedule.AlphaBar(checked((int)t)));
        var (signal, noiseLevel) = (
            alphaBars.Select(a => (float)Math.Sqrt(a)).ToArray(),
            alphaBars.Select(a => (float)Math.Sqrt(1 - a)).ToArray()
        );
        // [B] to [B, 1, 1, 1], so that each image gets its own pair.
        Tensor PerImage(float[] values) =>
            tensor(values, device: clean.device).to(clean.dtype).view(-1, 1, 1, 1);
        return (PerImage(signal) * clean + PerImage(noiseLevel) * noise).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Takes one step back with the very noise that made it: x_{t−1} = (x_t − √β_t · ε) / √α_t.
    /// </summary>
    /// <remarks>
    /// Exact only with the true ε: an error in it is divided by √α_t in each step, and over all T
    /// steps the divisions multiply to 1/√ᾱ_T (about 157 for 1,000 linear steps).
    /// </remarks>
    /// <param name="x">x_t, <c>[B, C, H, W]</c>.</param>
    /// <param name="t">1 … T.</param>
    /// <param name="noise">The ε that <see cref="Step"/> was given.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the numbers are whole ones.</exception>
    /// <exception cref="ArgumentOutOfRangeException">t lies outside of 1 … T.</exception>
    public Tensor Undo(Tensor x, int t, Tensor noise)
    {
        RequireSameShape(x, noise);
        using var scope = NewDisposeScope();
        return (
            (x - Math.Sqrt(schedule.Beta(t)) * noise) / Math.Sqrt(schedule.Alpha(t))
        ).MoveToOuterDisposeScope();
    }

    /// <summary>Walks from the clean images to x_t and keeps every state and every noise.</summary>
    /// <param name="clean">x₀, <c>[B, C, H, W]</c>.</param>
    /// <param name="generator">Where the noise comes from; on the CPU.</param>
    /// <param name="upTo">The last t, 0 … T; all T steps where nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="upTo"/> lies outside of 0 … T.</exception>
    public Trajectory Run(Tensor clean, Generator generator, int? upTo = null)
    {
        var last = upTo ?? schedule.Steps;
        _ = schedule.AlphaBar(last); // says what is wrong with a last step out of range
        var states = new List<Tensor> { clean.clone() };
        var noises = new List<Tensor>();
        for (var t = 1; t <= last; t++)
        {
            noises.Add(randn(clean.shape, generator: generator).to(clean.device));
            states.Add(Step(states[^1], t, noises[^1]));
        }
        return new Trajectory(states, noises);
    }

    /// <summary>Walks a whole trajectory back with the given noises, from its last state to x₀.</summary>
    /// <param name="last">x_t, <c>[B, C, H, W]</c>, with t the number of noises.</param>
    /// <param name="noises">ε₁ … ε_t in forward order.</param>
    /// <returns>States x₀ … x_t, in forward order as in <see cref="Trajectory.States"/>.</returns>
    public IReadOnlyList<Tensor> UndoAll(Tensor last, IReadOnlyList<Tensor> noises)
    {
        var states = new Tensor[noises.Count + 1];
        states[^1] = last.clone();
        for (var t = noises.Count; t >= 1; t--)
            states[t - 1] = Undo(states[t], t, noises[t - 1]);
        return states;
    }

    private static void RequireSameShape(Tensor images, Tensor noise)
    {
        if (!images.shape.SequenceEqual(noise.shape))
            throw new ArgumentException(
                $"Noise of shape [{string.Join(", ", noise.shape)}] does not fit images of shape [{string.Join(", ", images.shape)}]: both must be the same.",
                nameof(noise)
            );
        if (!is_floating_point(images) || !is_floating_point(noise))
            throw new ArgumentException(
                $"Images are {images.dtype} and noise is {noise.dtype}: both must be floating-point numbers, images in [-1, 1].",
                nameof(images)
            );
    }
}

/// <summary>A walk through the forward process.</summary>
/// <param name="States">x₀ … x_t: <c>States[t]</c> is x_t, <c>[B, C, H, W]</c>.</param>
/// <param name="Noises">ε₁ … ε_t: <c>Noises[t - 1]</c> made x_t from x_{t−1}.</param>
public sealed record Trajectory(IReadOnlyList<Tensor> States, IReadOnlyList<Tensor> Noises)
{
    public override string ToString() =>
        $"Trajectory: {States.Count} states of [{string.Join(", ", States[0].shape)}]";
}
