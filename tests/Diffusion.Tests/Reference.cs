using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>
/// The values that a reference implementation computed, kept beside the repository; tests that need
/// them skip where they are missing.
/// </summary>
internal static class Reference
{
    private static readonly string Location = Path.Combine(
        Repository.Root,
        "..",
        "shared",
        "golden",
        "reference.json"
    );

    private static readonly Lazy<JsonElement?> Document = new(() =>
        File.Exists(Location) ? JsonDocument.Parse(File.ReadAllText(Location)).RootElement : null
    );

    /// <summary>The element at a path of property names.</summary>
    public static JsonElement At(params string[] path)
    {
        if (Document.Value is not JsonElement element)
        {
            Assert.Skip(
                "The reference values (../shared/golden/reference.json) are not on this machine."
            );
            return default;
        }
        return path.Aggregate(element, (at, name) => at.GetProperty(name));
    }

    public static double[] Numbers(this JsonElement array) =>
        array.EnumerateArray().Select(e => e.GetDouble()).ToArray();

    /// <summary>f(0), f(1), … as float32 of the given shape: how the reference makes its inputs.</summary>
    public static Tensor Wave(Func<int, double> f, params long[] shape) =>
        tensor(
                Enumerable
                    .Range(0, (int)shape.Aggregate(1L, (product, n) => product * n))
                    .Select(k => (float)f(k))
                    .ToArray()
            )
            .view(shape)
            // Some are kept in static fields, which may first be touched inside of a test's scope.
            .DetachFromDisposeScope();

    public static double[] Values(this Tensor tensor) =>
        tensor.to(ScalarType.Float64).flatten().data<double>().ToArray();

    /// <summary>Fails unless each number is as near to the expected one as asked.</summary>
    public static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"Number {i} is {actual[i]:r}, expected {expected[i]:r}: off by {Math.Abs(expected[i] - actual[i]):g3}, allowed {tolerance:g3}."
            );
    }
}
