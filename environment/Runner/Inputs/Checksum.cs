using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Inputs;

/// <summary>One line for what a file or a text holds.</summary>
internal static class Checksum
{
    /// <summary>A file's SHA-256. Two that cannot be read are alike: whoever needs one fails on it.</summary>
    /// <param name="most">Where a file has more bytes, its size stands for them.</param>
    public static string Of(string path, long most = long.MaxValue)
    {
        try
        {
            if (!File.Exists(path))
                return "missing";
            // A pipe or a device, also behind a link, may never end.
            if (!FileKind.IsRegular(path))
                return "no ordinary file";
            using var file = File.OpenRead(path);
            return file.Length > most
                ? $"{file.Length} bytes"
                : Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }

    public static string OfText(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
