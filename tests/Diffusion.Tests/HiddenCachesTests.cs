using System;
using System.Collections.Generic;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>Convolutions are right on every machine, also where oneDNN's would not be.</summary>
public sealed class HiddenCachesTests
{
    // What the kinds of machines answer to leaf 0: EBX, ECX, EDX.
    private static readonly (int, int, int, int) Amd = (16, 0x68747541, 0x444d4163, 0x69746e65);
    private static readonly (int, int, int, int) Intel = (22, 0x756e6547, 0x6c65746e, 0x49656e69);
    private static readonly (int, int, int, int) Nothing = default;

    // 32 KiB and 48 KiB for data: ways − 1 and line − 1 in EBX, sets − 1 in ECX (AMD, volume 3, E.4.15).
    private static readonly (int, int, int, int) Zen3 = (0x4121, 0x01C0003F, 0x3F, 0);
    private static readonly (int, int, int, int) Zen5 = (0x4121, 0x02C0003F, 0x3F, 0);

    private static readonly ScalarType[] Types =
        PrecisionChoice.For(CPU) == Precision.BFloat16
            ? [ScalarType.Float32, ScalarType.BFloat16]
            : [ScalarType.Float32];

    [Fact]
    public void Only_a_processor_of_AMD_without_its_caches_is_one_of_them()
    {
        Assert.True(AreHidden(Amd, extended: 0x80000026, caches: Nothing));
        Assert.False(AreHidden(Amd, extended: 0x80000026, caches: Zen3));
        Assert.False(AreHidden(Amd, extended: 0x80000028, caches: Zen5));
        // The leaf is not there at all: what stands at its place means nothing.
        Assert.True(AreHidden(Amd, extended: 0x8000001C, caches: Zen3));
        // For Intel's oneDNN asks another leaf, and guesses where that is empty.
        Assert.False(AreHidden(Intel, extended: 0x80000008, caches: Nothing));
    }

    /// <summary>
    /// All that a network does with convolutions, in the precisions that are used here, against float64, which oneDNN has
    /// no part in: channels that fill its blocks of 16, and others.
    /// </summary>
    [Fact]
    public void Convolutions_and_their_gradients_are_those_of_float64()
    {
        var wrong = new List<string>();
        foreach (var count in new[] { 1, 3 })
        foreach (var (from, to) in new[] { (1, 8), (8, 24), (24, 16), (32, 1), (40, 32), (1, 32) })
        foreach (var (size, kernel, stride) in new[] { (32, 3, 1), (16, 3, 2), (8, 1, 1) })
        foreach (var type in Types)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)(from + to + size));
            var x = randn([count, from, size, size], generator: generator);
            var weight = randn([to, from, kernel, kernel], generator: generator);
            var (y, dx, dw) = Convolved(x.to(type), weight.to(type), stride);
            var (y64, dx64, dw64) = Convolved(
                x.to(type).to(ScalarType.Float64),
                weight.to(type).to(ScalarType.Float64),
                stride
            );
            var tolerance = type == ScalarType.Float32 ? 1e-5 : 0.02;
            if (
                !(
                    Error(y, y64) < tolerance
                    && Error(dx, dx64) < tolerance
                    && Error(dw, dw64) < tolerance
                )
            )
                wrong.Add(
                    $"{count} x {from} to {to}, {size} pixels, {kernel} x {kernel} / {stride}, {type}"
                );
        }
        Assert.Empty(wrong);
    }

    private static bool AreHidden(
        (int, int, int, int) vendor,
        uint extended,
        (int, int, int, int) caches
    ) =>
        HiddenCaches.AreHidden(
            (leaf, subleaf) =>
                (leaf, subleaf) switch
                {
                    (0, _) => vendor,
                    (unchecked((int)0x80000000), _) => (unchecked((int)extended), 0, 0, 0),
                    (unchecked((int)0x8000001D), 0) => caches,
                    _ => Nothing,
                }
        );

    private static (Tensor Y, Tensor Dx, Tensor Dw) Convolved(Tensor x, Tensor weight, int stride)
    {
        x = x.detach().requires_grad_();
        weight = weight.detach().requires_grad_();
        var padding = weight.shape[2] / 2;
        var y = nn.functional.conv2d(
            x,
            weight,
            strides: [stride, stride],
            padding: [padding, padding]
        );
        // Any gradient from behind: here one that differs from pixel to pixel.
        y.backward([arange(y.numel()).remainder(7).sub(3).view(y.shape).to(x.dtype)]);
        return (y, x.grad!, weight.grad!);
    }

    private static double Error(Tensor actual, Tensor expected) =>
        ((actual.to(ScalarType.Float64) - expected).norm() / expected.norm()).item<double>();
}
