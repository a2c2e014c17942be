#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>One tensor of a weights file: its type, its shape and its place in the data.</summary>
/// <param name="Type">What the format calls it, and what libtorch does.</param>
/// <param name="Shape">At most <see cref="LargestRank"/> sizes.</param>
/// <param name="Start">Its first byte, counted from the first one behind the header.</param>
/// <param name="End">The byte behind its last one.</param>
public sealed record StoredTensor(
    string Name,
    StoredType Type,
    IReadOnlyList<long> Shape,
    long Start,
    long End
)
{
    /// <summary>More dimensions than any network has.</summary>
    public const int LargestRank = 16;

    /// <summary>How many bytes a tensor of this shape takes.</summary>
    /// <exception cref="FormatException">There can be no such tensor.</exception>
    public static long BytesOf(string name, StoredType type, IReadOnlyList<long> shape)
    {
        if (shape.Count > LargestRank)
            throw new FormatException(
                $"'{name}' has {shape.Count} dimensions: up to {LargestRank} are read"
            );
        try
        {
            // The sizes beside a 0 are checked too: libtorch multiplies them all.
            _ = shape.Aggregate(
                (long)type.Bytes,
                (product, n) =>
                    checked(product * (n < 0 ? throw new OverflowException() : Math.Max(n, 1)))
            );
        }
        catch (OverflowException)
        {
            throw new FormatException($"'{name}' has an impossible shape");
        }
        return shape.Aggregate((long)type.Bytes, (product, n) => product * n);
    }

    /// <summary>The bytes of this tensor among all.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> data) => data[(int)Start..(int)End];

    /// <exception cref="FormatException">A truth value is neither 0 nor 1.</exception>
    public void RequireTruth(ReadOnlySpan<byte> itsBytes)
    {
        if (Type.Type == ScalarType.Bool && itsBytes.ContainsAnyExcept<byte>(0, 1))
            throw new FormatException($"'{Name}' has truth values that are neither 0 nor 1");
    }
}

/// <summary>A type of numbers that weights files hold.</summary>
/// <param name="Name">In the file.</param>
/// <param name="Bytes">Of one number.</param>
public sealed record StoredType(string Name, ScalarType Type, int Bytes)
{
    public static readonly IReadOnlyList<StoredType> All =
    [
        new("F64", ScalarType.Float64, 8),
        new("F32", ScalarType.Float32, 4),
        new("F16", ScalarType.Float16, 2),
        new("BF16", ScalarType.BFloat16, 2),
        new("I64", ScalarType.Int64, 8),
        new("I32", ScalarType.Int32, 4),
        new("I16", ScalarType.Int16, 2),
        new("I8", ScalarType.Int8, 1),
        new("U8", ScalarType.Byte, 1),
        new("BOOL", ScalarType.Bool, 1),
    ];
}
