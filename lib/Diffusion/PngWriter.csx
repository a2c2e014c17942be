#nullable enable
using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Text;

/// <summary>Writes a picture as PNG (W3C Portable Network Graphics, third edition): what a figure shows where no script runs.</summary>
public static class PngWriter
{
    /// <param name="pixels">Red, green, blue, alpha, 0 … 255: 4 · width · height bytes, row by row from the top.</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="ArgumentException">The number of bytes does not fit the size.</exception>
    public static byte[] Encode(byte[] pixels, int width, int height)
    {
        if (width < 1 || height < 1 || pixels.Length != 4L * width * height)
            throw new ArgumentException(
                $"{pixels.Length} bytes are no {width}x{height} picture of four bytes a pixel.",
                nameof(pixels)
            );
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(0), width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits a channel
        header[9] = 6; // red, green, blue, alpha
        WriteChunk(file, "IHDR", header);

        using var data = new MemoryStream();
        using (var deflated = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
            for (var row = 0; row < height; row++)
            {
                deflated.WriteByte(0); // no filter
                deflated.Write(pixels, row * width * 4, width * 4);
            }
        WriteChunk(file, "IDAT", data.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void WriteChunk(Stream file, string type, byte[] data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(type, 0, 4, chunk, 4);
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(^4..), Crc32.Of(chunk.AsSpan(4..^4)));
        file.Write(chunk);
    }
}
