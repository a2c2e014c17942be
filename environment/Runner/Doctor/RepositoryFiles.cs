using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Doctor;

/// <summary>The data and the weights that came with the clone.</summary>
internal static class RepositoryFiles
{
    public static IEnumerable<Finding> Examine(string root) =>
        Originals(Path.Combine(root, "data", "fashion-mnist"), "*.gz")
            .Concat(Originals(Path.Combine(root, "data", "weights"), "*.safetensors"));

    private static IEnumerable<Finding> Originals(string folder, string kind)
    {
        var sums = Path.Combine(folder, "SHA256SUMS");
        if (!FileKind.IsRegular(sums))
            return [Lost(sums, "is missing")];
        var listed = File.ReadLines(sums)
            .Where(line => line.Trim() != "")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(words => (Sum: words[0], Path: Path.Combine(folder, words[^1].TrimStart('*'))))
            .ToArray();
        var unlisted = Directory
            .GetFiles(folder, kind)
            .Order(StringComparer.Ordinal)
            .Where(file => !listed.Any(l => l.Path == file));
        return listed
            .Select(file =>
                !FileKind.IsRegular(file.Path) ? Lost(file.Path, "is missing")
                : Sum(file.Path) != file.Sum.ToUpperInvariant()
                    ? Lost(file.Path, "is not the original")
                : new Finding(Verdict.Good, $"{Path.GetFileName(file.Path)} is the original")
            )
            .Concat(unlisted.Select(file => Lost(sums, $"does not list {Path.GetFileName(file)}")));
    }

    private static string Sum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    private static Finding Lost(string path, string what) =>
        new(Verdict.Trouble, $"{path} {what}: 'git checkout -- data' brings it back");
}
