using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace Diffusion.Runner.Native;

/// <summary>
/// Makes TorchSharp's native library loadable on a libstdc++ older than the one it was linked with
/// (Debian 12, Ubuntu 22.04).
/// </summary>
/// <remarks>
/// <c>libLibTorchSharp.so</c> asks for version <c>GLIBCXX_3.4.32</c>. The only symbol behind that
/// version is <c>_ZSt21ios_base_library_initv</c>, a marker that nothing calls, so the requirement
/// may be marked weak (<c>VER_FLG_WEAK</c>): the loader then binds the library without it.
/// Layout of the records: System V gABI, "Symbol Versioning", as glibc's <c>elf.h</c> has them.
/// </remarks>
public static class GlibcxxCure
{
    public const string MissingVersion = "GLIBCXX_3.4.32";

    private const uint SectionTypeVerneed = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>
    /// Marks the requirement weak in a private copy of the library and puts the copy in its place.
    /// </summary>
    /// <remarks>
    /// The file may be a hard link into the package cache, so it is replaced by renaming and never
    /// written through. The copy keeps the original's time stamp: a build then sees nothing to do.
    /// </remarks>
    /// <returns>Whether a requirement was found and changed.</returns>
    /// <exception cref="InvalidDataException">The file is no 64-bit little-endian ELF file.</exception>
    public static bool Apply(string libraryPath)
    {
        var image = File.ReadAllBytes(libraryPath);
        if (!MarkWeak(image, MissingVersion))
            return false;

        var patched = $"{libraryPath}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.WriteAllBytes(patched, image);
            File.SetLastWriteTimeUtc(patched, File.GetLastWriteTimeUtc(libraryPath));
            File.Move(patched, libraryPath, overwrite: true);
        }
        finally
        {
            File.Delete(patched);
        }
        return true;
    }

    /// <summary>
    /// Whether this file asks for the version, not weakly, on a system whose libstdc++ lacks it.
    /// </summary>
    public static bool IsNeeded(string libraryPath)
    {
        if (SystemHasVersion())
            return false;
        return MarkWeak(File.ReadAllBytes(libraryPath), MissingVersion);
    }

    private static bool SystemHasVersion()
    {
        // The loader has it under its plain name; where it lies differs from system to system.
        System.Runtime.InteropServices.NativeLibrary.TryLoad("libstdc++.so.6", out _);
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var path = line[(line.IndexOf('/') is var at && at < 0 ? line.Length : at)..];
            if (path.Contains("libstdc++.so", StringComparison.Ordinal) && File.Exists(path))
                return File.ReadAllBytes(path)
                        .AsSpan()
                        .IndexOf(Encoding.ASCII.GetBytes(MissingVersion)) >= 0;
        }
        return false;
    }

    /// <summary>Sets <c>VER_FLG_WEAK</c> on every needed version of that name.</summary>
    /// <param name="image">A whole ELF file; changed in place.</param>
    /// <param name="version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>Whether a flag was changed: false where none is needed or all are weak already.</returns>
    /// <exception cref="InvalidDataException">The bytes are no 64-bit little-endian ELF file.</exception>
    public static bool MarkWeak(Span<byte> image, string version)
    {
        if (
            image.Length < 64
            || !image[..4].SequenceEqual("\u007fELF"u8)
            || image[4] != 2 // 64-bit
            || image[5] != 1 // little-endian
        )
            throw new InvalidDataException("This is not a 64-bit little-endian ELF file.");

        try
        {
            return MarkWeakIn(image, Encoding.ASCII.GetBytes(version));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("An offset in this ELF file points outside of it.", e);
        }
    }

    private static bool MarkWeakIn(Span<byte> image, ReadOnlySpan<byte> version)
    {
        var sectionTable = Offset(image, 0x28);
        var sectionSize = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3a..]);
        var sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3c..]);
        var changed = false;
        for (var i = 0; i < sectionCount; i++)
        {
            var section = image[checked(sectionTable + i * sectionSize)..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != SectionTypeVerneed)
                continue;
            var strings = image[
                checked(
                    sectionTable
                    + (int)BinaryPrimitives.ReadUInt32LittleEndian(section[0x28..]) * sectionSize
                )..
            ];
            changed |= MarkWeakIn(
                image[Offset(section, 0x18)..],
                image.Slice(Offset(strings, 0x18), Offset(strings, 0x20)),
                version
            );
        }
        return changed;
    }

    private static bool MarkWeakIn(
        Span<byte> needs,
        ReadOnlySpan<byte> strings,
        ReadOnlySpan<byte> version
    )
    {
        var changed = false;
        for (var need = needs; ; )
        {
            var count = BinaryPrimitives.ReadUInt16LittleEndian(need[2..]);
            var entry = need[(int)BinaryPrimitives.ReadUInt32LittleEndian(need[8..])..];
            for (var i = 0; i < count; i++)
            {
                var name = strings[(int)BinaryPrimitives.ReadUInt32LittleEndian(entry[8..])..];
                var flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
                if (name[..name.IndexOf((byte)0)].SequenceEqual(version) && (flags & WeakFlag) == 0)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(
                        entry[4..],
                        (ushort)(flags | WeakFlag)
                    );
                    changed = true;
                }
                entry = entry[(int)BinaryPrimitives.ReadUInt32LittleEndian(entry[12..])..];
            }
            var next = BinaryPrimitives.ReadUInt32LittleEndian(need[12..]);
            if (next == 0)
                return changed;
            need = need[(int)next..];
        }
    }

    private static int Offset(ReadOnlySpan<byte> bytes, int at) =>
        checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
}
