using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Diffusion.Runner.Inputs;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Compiling;

/// <summary>The library as the last notebook compiled it, on disk: the next one needn't.</summary>
/// <remarks>A file of it (<see cref="KeptFiles"/>) is a <see cref="KeptLibrary"/> as JSON.</remarks>
/// <param name="folder">Where they are kept; made when something is.</param>
internal sealed class KeptLibraries(string folder)
{
    /// <summary>As many as the versions of C# that a notebook is checked for, once for chapters and once for what is edited beside them.</summary>
    private const int Most = 4;

    /// <summary>Where they are kept in a repository; ignored by git.</summary>
    public static string FolderIn(string root) => Path.Combine(root, "work", "cache", "library");

    /// <summary>Those of the repository that a notebook is in; null where it is in none.</summary>
    public static KeptLibraries? For(string notebook) =>
        Repository.Above(Path.GetDirectoryName(notebook)!) is string root
            ? new KeptLibraries(FolderIn(root))
            : null;

    /// <summary>What was compiled under a key, if none of the files has changed since; null if it must be compiled.</summary>
    /// <param name="key">Made of everything that decides it, but for the files themselves.</param>
    public KeptLibrary? Find(string key)
    {
        try
        {
            if (
                KeptFiles.Read(PathOf(key)) is not { } kept
                || JsonSerializer.Deserialize<KeptLibrary>(kept) is not { } found
            )
                return null;
            return found.Files.All(f => Checksum.OfText(File.ReadAllText(f.Path)) == f.Hash)
                ? found
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // A damaged copy is as good as none.
            return null;
        }
    }

    public void Keep(string key, KeptLibrary compiled) =>
        KeptFiles.TryWrite(PathOf(key), JsonSerializer.SerializeToUtf8Bytes(compiled), Most);

    private string PathOf(string key) => KeptFiles.PathOf(folder, "library", key);
}
