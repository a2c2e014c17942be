using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CsCheck;
using Xunit;

namespace Diffusion.Tests;

public sealed class IdxTests
{
    private static readonly byte[] Values = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void Reads_values_behind_a_right_header() =>
        Assert.Equal(
            Values,
            Idx.Decode(Zip([0, 0, 8, 2, .. Be(3), .. Be(2), .. Values]), [3, 2], "x")
        );

    [Theory]
    [InlineData(1, 0, 8, 2, 3, 2, 6, "header")] // two zeros come first
    [InlineData(0, 0, 9, 2, 3, 2, 6, "header")] // signed bytes
    [InlineData(0, 0, 8, 3, 3, 2, 6, "header")]
    [InlineData(0, 0, 8, 2, 2, 3, 6, "header")]
    [InlineData(0, 0, 8, 2, int.MaxValue, int.MaxValue, 6, "header")]
    [InlineData(0, 0, 8, 2, -3, -2, 6, "header")]
    [InlineData(0, 0, 8, 2, 3, 2, 5, "ends before")]
    [InlineData(0, 0, 8, 2, 3, 2, 7, "goes on")]
    public void Refuses_what_is_not_so(
        byte first,
        byte second,
        byte type,
        byte rank,
        int rows,
        int columns,
        int count,
        string complaint
    )
    {
        byte[] file = [first, second, type, rank, .. Be(rows), .. Be(columns), .. new byte[count]];
        var error = Assert.Throws<InvalidDataException>(() =>
            Idx.Decode(Zip(file), [3, 2], "some.gz")
        );
        Assert.StartsWith("'some.gz' ", error.Message);
        Assert.Contains(complaint, error.Message);
    }

    [Fact]
    public void Refuses_what_is_no_gzip()
    {
        foreach (byte[] file in new byte[][] { [], [31], [31, 139], "not a zip"u8.ToArray() })
            Assert.Throws<InvalidDataException>(() => Idx.Decode(file, [3, 2], "x"));
    }

    /// <summary>.NET's own reader of gzip takes a file whose end is missing, and then does not compare the checksum.</summary>
    [Fact]
    public void Refuses_a_file_whose_end_is_missing()
    {
        var whole = Zip([0, 0, 8, 2, .. Be(3), .. Be(2), .. Values]);
        Assert.Equal(Values, Idx.Decode(whole, [3, 2], "x"));
        for (var lost = 1; lost < whole.Length; lost++)
            Assert.Contains(
                "'some.gz'",
                Assert
                    .Throws<InvalidDataException>(() =>
                        Idx.Decode(whole[..^lost], [3, 2], "some.gz")
                    )
                    .Message
            );
    }

    [Fact]
    public void Its_checksum_is_that_of_the_standard()
    {
        // The check value that catalogues of checksums give for this one.
        Assert.Equal(0xcbf43926, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
        // At every length gzip's own writer says the same.
        var bytes = Enumerable.Range(0, 100).Select(i => (byte)(i * 31)).ToArray();
        for (var length = 1; length <= bytes.Length; length++)
            Assert.Equal(
                BitConverter.ToUInt32(Zip(bytes[..length]).AsSpan()[^8..]),
                Crc32.Of(bytes.AsSpan(0, length))
            );
    }

    /// <summary>Whatever happens to a file, it is read right or refused with the documented exception.</summary>
    [Fact]
    public void Damaged_bytes_are_read_right_or_refused()
    {
        var values = Enumerable.Range(0, 300).Select(i => (byte)(i * i)).ToArray();
        var original = Zip([0, 0, 8, 2, .. Be(30), .. Be(10), .. values]);
        Damage
            .Of(original)
            .Sample(
                file =>
                {
                    try
                    {
                        return Idx.Decode(file, [30, 10], "x").SequenceEqual(values);
                    }
                    catch (InvalidDataException)
                    {
                        return true;
                    }
                },
                iter: 5_000,
                threads: 1
            );
    }

    private static byte[] Be(int n) => [(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n];

    private static byte[] Zip(byte[] bytes)
    {
        var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return memory.ToArray();
    }
}
