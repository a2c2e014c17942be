using System;
using System.IO;
using System.Linq;
using Diffusion.Tests;

namespace Notebooks.Tests;

/// <summary>A copy of the repository with one line of the library changed.</summary>
internal sealed class BrokenClone : IDisposable
{
    private static readonly string[] Copied = ["lib", "notebooks", "environment"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("broken-clone-");

    public BrokenClone()
    {
        File.Copy(
            Path.Combine(Repository.Root, "Diffusion.slnx"),
            Path.Combine(folder.FullName, "Diffusion.slnx")
        );
        foreach (var name in Copied)
            CopyFiles(name);
        // Thirty megabytes that nobody changes.
        Directory.CreateSymbolicLink(
            Path.Combine(folder.FullName, "data"),
            Path.Combine(Repository.Root, "data")
        );
    }

    public string PathOf(string relative) => Path.Combine(folder.FullName, relative);

    /// <summary>Changes one place, which must be there exactly once.</summary>
    public void Break(string file, string text, string replacement)
    {
        var path = PathOf(Path.Combine("lib", "Diffusion", file));
        var code = File.ReadAllText(path);
        var parts = code.Split(text);
        if (parts.Length != 2)
            throw new InvalidOperationException(
                $"{file} has '{text}' {parts.Length - 1} times, not once: the defect must be described anew."
            );
        File.WriteAllText(path, string.Join(replacement, parts));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void CopyFiles(string name)
    {
        var source = Path.Combine(Repository.Root, name);
        var files = new[] { "*.csx", "*.dib", "*.svg", "*.png" }.SelectMany(pattern =>
            Directory.EnumerateFiles(source, pattern, SearchOption.AllDirectories)
        );
        foreach (var file in files)
        {
            var target = PathOf(Path.Combine(name, Path.GetRelativePath(source, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
