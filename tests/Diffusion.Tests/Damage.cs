using System;
using System.Linq;
using CsCheck;

namespace Diffusion.Tests;

/// <summary>What happens to files: bits flip, ends get lost, pieces are lost, doubled or overwritten.</summary>
internal static class Damage
{
    /// <summary>One to three damages of a file, one after another.</summary>
    public static Gen<byte[]> Of(byte[] file) =>
        Once(file)
            .SelectMany(once => Gen.OneOf(Gen.Const(once), Once(once)))
            .SelectMany(twice => Gen.OneOf(Gen.Const(twice), Once(twice)));

    private static Gen<byte[]> Once(byte[] file)
    {
        var place = Gen.Int[0, file.Length];
        return Gen.OneOf(
            Gen.Select(Gen.Int[0, Math.Max(file.Length - 1, 0)], Gen.Int[0, 7], FlipBit(file)),
            Gen.Select(Gen.Int[0, Math.Max(file.Length - 1, 0)], Gen.Byte, Overwrite(file)),
            place.Select(end => file[..end]),
            Gen.Select(
                place,
                place,
                (a, b) => file[..Math.Min(a, b)].Concat(file[Math.Max(a, b)..]).ToArray()
            ),
            Gen.Select(
                place,
                place,
                (a, b) => file[..Math.Max(a, b)].Concat(file[Math.Min(a, b)..]).ToArray()
            ),
            Gen.Select(
                place,
                Gen.Byte.Array[1, 9],
                (at, more) => file[..at].Concat(more).Concat(file[at..]).ToArray()
            )
        );
    }

    private static Func<int, int, byte[]> FlipBit(byte[] file) =>
        (at, bit) => Changed(file, at, b => (byte)(b ^ (1 << bit)));

    private static Func<int, byte, byte[]> Overwrite(byte[] file) =>
        (at, value) => Changed(file, at, _ => value);

    private static byte[] Changed(byte[] file, int at, Func<byte, byte> how) =>
        file.Select((b, i) => i == at ? how(b) : b).ToArray();
}
