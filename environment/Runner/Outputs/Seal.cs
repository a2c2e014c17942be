using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>
/// A checksum of a file inside the file itself: says that this program wrote it, and that nobody has changed
/// it since. Only such a file is replaced or deleted where files lie among those of others.
/// </summary>
/// <remarks>SHA-256 of the whole file, with zeros in the place of the 64 digits.</remarks>
internal static class Seal
{
    private const string Prefix = "written-by-diffusion-runner:";
    private const int Digits = 64;

    /// <summary>Goes into a file that is to be sealed, near its end.</summary>
    public static string Open { get; } = Prefix + new string('0', Digits);

    /// <summary>Writes the checksum into the last <see cref="Open"/> of a file.</summary>
    public static byte[] Close(byte[] file)
    {
        var digits = DigitsOf(file);
        Encoding.ASCII.GetBytes(Checksum(file)).CopyTo(digits);
        return file;
    }

    /// <summary>Whether a file is as it was sealed.</summary>
    /// <param name="path">A pipe or a device is not opened; a link is no file of ours.</param>
    public static bool Holds(string path)
    {
        if (
            FolderTree.IsLink(path)
            || !FileKind.IsRegular(path)
            || new FileInfo(path).Length > Array.MaxLength
        )
            return false;
        var file = File.ReadAllBytes(path);
        var digits = DigitsOf(file);
        if (digits.IsEmpty)
            return false;
        var said = Encoding.ASCII.GetString(digits);
        digits.Fill((byte)'0');
        return said == Checksum(file);
    }

    private static string Checksum(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    private static Span<byte> DigitsOf(byte[] file)
    {
        var at = file.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(Prefix));
        return at < 0 || at + Prefix.Length + Digits > file.Length
            ? []
            : file.AsSpan(at + Prefix.Length, Digits);
    }
}
