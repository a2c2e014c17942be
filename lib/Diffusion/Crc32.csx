#nullable enable
using System;
using System.Buffers.Binary;

/// <summary>The checksum that gzip and PNG files carry (RFC 1952, section 8).</summary>
/// <remarks>Eight bytes at a time (Kounavis and Berry 2008): one by one it would take longer than unpacking the images.</remarks>
public static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The checksum of these bytes; that of none is 0.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc =
                Tables[7][(byte)low]
                ^ Tables[6][(byte)(low >> 8)]
                ^ Tables[5][(byte)(low >> 16)]
                ^ Tables[4][low >> 24]
                ^ Tables[3][(byte)high]
                ^ Tables[2][(byte)(high >> 8)]
                ^ Tables[1][(byte)(high >> 16)]
                ^ Tables[0][high >> 24];
        }
        foreach (var value in bytes)
            crc = Tables[0][(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>What a byte does to the checksum, and what it does when up to seven more come behind it.</summary>
    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var behind = 0; behind < tables.Length; behind++)
            tables[behind] = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : 0xedb88320 ^ (crc >> 1);
            tables[0][i] = crc;
        }
        for (var behind = 1; behind < tables.Length; behind++)
        for (var i = 0; i < 256; i++)
        {
            var before = tables[behind - 1][i];
            tables[behind][i] = tables[0][(byte)before] ^ (before >> 8);
        }
        return tables;
    }
}
