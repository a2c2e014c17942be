#nullable enable
using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;

/// <summary>Reads the IDX format: a header with the dimensions, then bytes (LeCun's MNIST pages).</summary>
/// <remarks>Packed with gzip (RFC 1952), whose own checksum and length have to agree with what was unpacked.</remarks>
public static class Idx
{
    /// <param name="compressed">A gzip file.</param>
    /// <param name="dimensions">What the header has to say: known beforehand, so that a header's claim never decides how much is allocated.</param>
    /// <param name="name">For messages.</param>
    /// <returns>The values, in the file's order.</returns>
    /// <exception cref="InvalidDataException">No gzip, another header, or too few or too many bytes.</exception>
    public static byte[] Decode(byte[] compressed, int[] dimensions, string name)
    {
        var size = string.Join("x", dimensions);
        using var stream = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        try
        {
            var header = new byte[4 + 4 * dimensions.Length];
            stream.ReadExactly(header);
            // 0, 0, type 8 (unsigned bytes), number of dimensions; then each dimension, big-endian.
            var claimed = dimensions.Select(
                (_, i) => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + 4 * i))
            );
            if (
                BinaryPrimitives.ReadInt32BigEndian(header) != 0x0800 + dimensions.Length
                || !claimed.SequenceEqual(dimensions)
            )
                throw new FormatException($"does not start with the header of {size} bytes");
            var values = new byte[dimensions.Aggregate(1, (product, n) => checked(product * n))];
            stream.ReadExactly(values);
            if (stream.ReadByte() >= 0)
                throw new FormatException($"goes on behind its {size} values");
            // GZipStream takes the end of the file for the end of the data and then compares nothing.
            byte[] content = [.. header, .. values];
            if (
                BinaryPrimitives.ReadUInt32LittleEndian(compressed.AsSpan(^8..))
                    != Crc32.Of(content)
                || BinaryPrimitives.ReadInt32LittleEndian(compressed.AsSpan(^4..)) != content.Length
            )
                throw new InvalidDataException("Its checksum is another.");
            return values;
        }
        catch (Exception e) when (e is FormatException or IOException or InvalidDataException)
        {
            // EndOfStreamException is an IOException too.
            var what = e switch
            {
                FormatException => e.Message,
                EndOfStreamException => $"ends before its {size} values do",
                _ => "is no sound gzip file",
            };
            throw new InvalidDataException($"'{name}' {what}.", e);
        }
    }
}
