using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;

namespace Diffusion.Runner.Doctor;

/// <summary>The data and the weights that came with the clone.</summary>
internal static class RepositoryFiles
{
    // Headers are a few kilobytes; what claims more is no header.
    private const ulong LongestHeader = 100_000_000;

    public static IEnumerable<Finding> Examine(string root) =>
        Originals(Path.Combine(root, "data", "fashion-mnist"))
            .Concat(Weights(Path.Combine(root, "data", "weights")));

    private static IEnumerable<Finding> Originals(string folder)
    {
        var sums = Path.Combine(folder, "SHA256SUMS");
        if (!File.Exists(sums))
            return [Lost(sums, "is missing")];
        return File.ReadLines(sums)
            .Where(line => line.Trim() != "")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(words => (Sum: words[0], Path: Path.Combine(folder, words[^1].TrimStart('*'))))
            .Select(file =>
                !File.Exists(file.Path) ? Lost(file.Path, "is missing")
                : Sum(file.Path) != file.Sum.ToUpperInvariant()
                    ? Lost(file.Path, "is not the original")
                : new Finding(Verdict.Good, $"{Path.GetFileName(file.Path)} is the original")
            );
    }

    private static IEnumerable<Finding> Weights(string folder)
    {
        var files = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).ToArray()
            : [];
        return files.Length == 0
            ? [Lost(folder, "has no .safetensors file")]
            : files.Select(file =>
                Damage(file) is string damage
                    ? Lost(file, damage)
                    : new Finding(Verdict.Good, $"{Path.GetFileName(file)} is whole")
            );
    }

    /// <summary>
    /// What is wrong with a safetensors file: it begins with the length of its JSON header, which says
    /// where each tensor's bytes end; the last of them is the file's end.
    /// </summary>
    private static string? Damage(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            Span<byte> prefix = stackalloc byte[8];
            stream.ReadExactly(prefix);
            var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (length > Math.Min(LongestHeader, (ulong)stream.Length - 8))
                return "is no safetensors file";
            var header = new byte[length];
            stream.ReadExactly(header);
            using var json = JsonDocument.Parse(header);
            var end = json
                .RootElement.EnumerateObject()
                .Where(tensor => tensor.Name != "__metadata__")
                .Max(tensor => tensor.Value.GetProperty("data_offsets")[1].GetInt64());
            var expected = 8 + (long)length + end;
            return stream.Length == expected
                ? null
                : $"has {stream.Length:n0} bytes and should have {expected:n0}";
        }
        catch (Exception e)
            when (e
                    is EndOfStreamException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
            )
        {
            return "is no safetensors file";
        }
    }

    private static string Sum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    private static Finding Lost(string path, string what) =>
        new(Verdict.Trouble, $"{path} {what}: 'git checkout -- data' brings it back");
}
