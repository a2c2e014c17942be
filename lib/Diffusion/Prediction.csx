#nullable enable
using System;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>What a network was trained to say about a noisy image. Each of the three follows from any other.</summary>
public enum Prediction
{
    /// <summary>ε, the noise (DDPM, section 3.2).</summary>
    Noise,

    /// <summary>v = √ᾱ · ε − √(1 − ᾱ) · x₀ (Salimans and Ho 2022, Progressive Distillation, section 4).</summary>
    Velocity,

    /// <summary>x₀, the clean image.</summary>
    Clean,
}

/// <summary>Turns one prediction into another. x_t = √ᾱ · x₀ + √(1 − ᾱ) · ε ties them together.</summary>
public static class Predictions
{
    /// <summary>The noise that a prediction implies.</summary>
    /// <param name="prediction">What was predicted, <c>[B, C, H, W]</c>.</param>
    /// <param name="kind">What that is.</param>
    /// <param name="x">x_t, of the same shape.</param>
    /// <param name="alphaBar">ᾱ at x's timestep, above 0 and below 1.</param>
    /// <returns>ε, of x's shape.</returns>
    public static Tensor ToNoise(Tensor prediction, Prediction kind, Tensor x, double alphaBar)
    {
        using var scope = NewDisposeScope();
        var (signal, noise) = (Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar));
        return (
            kind switch
            {
                Prediction.Velocity => signal * prediction + noise * x,
                Prediction.Clean => (x - signal * prediction) / noise,
                _ => prediction.alias(),
            }
        ).MoveToOuterDisposeScope();
    }

    /// <summary>The clean image that a noise implies: x̂₀ = (x_t − √(1 − ᾱ_t) · ε)/√ᾱ_t (DDPM, eq. 15).</summary>
    /// <param name="noise">ε, <c>[B, C, H, W]</c>.</param>
    /// <param name="x">x_t, of the same shape.</param>
    /// <param name="schedule">Where ᾱ comes from.</param>
    /// <param name="t">x's timestep, 0 … T.</param>
    /// <returns>x̂₀, of x's shape.</returns>
    /// <exception cref="ArgumentOutOfRangeException">ᾱ_t is 0: nothing of the image is left.</exception>
    public static Tensor ToClean(Tensor noise, Tensor x, NoiseSchedule schedule, int t)
    {
        var alphaBar = schedule.AlphaBar(t);
        if (alphaBar == 0)
            throw new ArgumentOutOfRangeException(
                nameof(t),
                t,
                $"At t = {t} alpha-bar is 0: nothing of the image is left, so the noise says nothing about it. Start at {t - 1}."
            );
        using var scope = NewDisposeScope();
        return (
            (x - Math.Sqrt(1 - alphaBar) * noise) / Math.Sqrt(alphaBar)
        ).MoveToOuterDisposeScope();
    }

    /// <summary>What a network with this kind of prediction should have said.</summary>
    /// <param name="kind">What is to be predicted.</param>
    /// <param name="clean">x₀, <c>[B, C, H, W]</c>.</param>
    /// <param name="noise">ε, of the same shape.</param>
    /// <param name="alphaBar">ᾱ of each image's timestep, <c>[B, 1, 1, 1]</c>.</param>
    /// <returns>ε, v or x₀, of the images' shape.</returns>
    public static Tensor Target(Prediction kind, Tensor clean, Tensor noise, Tensor alphaBar)
    {
        using var scope = NewDisposeScope();
        return (
            kind switch
            {
                Prediction.Velocity => alphaBar.sqrt() * noise - (1 - alphaBar).sqrt() * clean,
                Prediction.Clean => clean.alias(),
                _ => noise.alias(),
            }
        ).MoveToOuterDisposeScope();
    }
}
