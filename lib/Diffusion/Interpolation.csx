#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Ways between two noises.</summary>
public static class Interpolation
{
    /// <summary>
    /// Along the sphere (Shoemake 1985; DDIM, appendix D.5). Standard normal noise of many pixels lies
    /// near a sphere of radius √pixels; the straight line between two noises leads through its inside, where
    /// no noise ever is.
    /// </summary>
    /// <param name="first">Noise, <c>[B, C, H, W]</c>.</param>
    /// <param name="second">Of the same shape.</param>
    /// <param name="share">0 gives the first, 1 the second.</param>
    /// <returns>Of the same shape; each image by itself.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share lies outside of 0 … 1.</exception>
    /// <exception cref="ArgumentException">The shapes differ, or there is no one way on the sphere.</exception>
    public static Tensor Spherical(Tensor first, Tensor second, double share)
    {
        if (!first.shape.SequenceEqual(second.shape))
            throw new ArgumentException(
                $"There is no way between noises of shape [{string.Join(", ", first.shape)}] and [{string.Join(", ", second.shape)}]: they must be alike.",
                nameof(second)
            );
        if (!(share >= 0 && share <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(share),
                share,
                $"A share of {share} leads beyond the two noises: it must lie between 0 (the first) and 1 (the second)."
            );
        using var scope = NewDisposeScope();
        var (a, b) = (first.flatten(1), second.flatten(1));
        var cosine = ((a * b).sum(1, keepdim: true) / (a.norm(1, true) * b.norm(1, true))).clamp(
            -1,
            1
        );
        var angle = cosine.acos();
        if (angle.max().item<float>() > Math.PI - 1e-3 || !cosine.isfinite().all().item<bool>())
            throw new ArgumentException(
                "Between noises that point in opposite directions, or are 0, there is no one way on the sphere: draw another.",
                nameof(second)
            );
        // Of two that point the same way the arc is the line between them.
        var near = angle.abs() < 1e-4;
        var sine = where(near, ones_like(angle), angle.sin());
        var left = where(near, full_like(angle, 1 - share), ((1 - share) * angle).sin() / sine);
        var right = where(near, full_like(angle, share), (share * angle).sin() / sine);
        return (left * a + right * b).view(first.shape).MoveToOuterDisposeScope();
    }
}
