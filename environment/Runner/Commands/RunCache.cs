extern alias library;

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Commands;

/// <summary>
/// What chapters showed when they last ran. A chapter is not run again while everything that decides
/// what it shows is the same: its text, the library, the data, the weights, the runner, the number of cores.
/// </summary>
/// <remarks>A file of it: SHA-256 of what follows, then an <see cref="ExecutedNotebook"/> as JSON.</remarks>
internal sealed class RunCache
{
    private static readonly string[] Inputs = ["lib", "data", "environment", "notebooks/images"];
    private static readonly string[] Kinds =
    [
        ".csx",
        ".dib",
        ".svg",
        ".png",
        ".csv",
        ".gz",
        ".safetensors",
        ".sprite",
    ];

    private readonly string folder;
    private readonly string root;
    private readonly int? threads;
    private readonly Lazy<string> common;

    /// <param name="root">The repository's.</param>
    /// <param name="threads">Of libtorch in each chapter; null for its own choice.</param>
    public RunCache(string root, int? threads)
    {
        (this.root, this.threads) = (root, threads);
        folder = FolderIn(root);
        common = new Lazy<string>(Common);
    }

    /// <summary>Where it is kept; ignored by git.</summary>
    public static string FolderIn(string root) => Path.Combine(root, "work", "cache");

    /// <summary>What a chapter showed, if nothing has changed since; null if it must run.</summary>
    /// <param name="notebook">The chapter's file.</param>
    /// <param name="path">Its place, from <see cref="PathOf"/>.</param>
    public static ExecutedNotebook? Find(string notebook, string path)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            var file = File.ReadAllBytes(path).AsSpan();
            if (file.Length < SHA256.HashSizeInBytes)
                return null;
            var kept = file[SHA256.HashSizeInBytes..];
            return
                SHA256.HashData(kept).AsSpan().SequenceEqual(file[..SHA256.HashSizeInBytes])
                && JsonSerializer.Deserialize<ExecutedNotebook>(kept) is { } found
                ? found with
                {
                    SourcePath = notebook,
                }
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // A damaged copy is as good as none.
            return null;
        }
    }

    /// <summary>Keeps what a chapter showed, in the place of what it showed before.</summary>
    /// <param name="path">Its place, from before it ran: where something has changed since, nothing is kept.</param>
    public void Keep(ExecutedNotebook notebook, string path)
    {
        try
        {
            if (new RunCache(root, threads).PathOf(notebook.SourcePath) != path)
                return;
            Directory.CreateDirectory(folder);
            var kept = JsonSerializer.SerializeToUtf8Bytes(notebook);
            library::WholeFile.Write(
                path,
                unfinished => File.WriteAllBytes(unfinished, [.. SHA256.HashData(kept), .. kept])
            );
            foreach (var old in Directory.GetFiles(folder, $"{notebook.Name}.*"))
                if (old != path)
                    File.Delete(old);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk: the next run is as slow as this one, and nothing else.
        }
    }

    /// <summary>One text for the book of these chapters: the same where it would be written the same.</summary>
    public string KeyOf(IEnumerable<string> notebooks)
    {
        var glossary = Path.Combine(root, "docs", "glossary.md");
        return Hash(
            Encoding.UTF8.GetBytes(
                string.Join('\n', notebooks.Select(PathOf))
                    + (File.Exists(glossary) ? Hash(File.ReadAllBytes(glossary)) : "")
            )
        );
    }

    /// <summary>Where a chapter's outputs are kept: the name says what decided them.</summary>
    public string PathOf(string notebook) =>
        Path.Combine(
            folder,
            $"{Path.GetFileNameWithoutExtension(notebook)}.{Hash(Encoding.UTF8.GetBytes(common.Value + Hash(File.ReadAllBytes(notebook))))[..24]}.kept"
        );

    private string Common()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add(typeof(RunCache).Module.ModuleVersionId.ToString());
        Add(
            typeof(Microsoft.DotNet.Interactive.KernelInvocationContext).Module.ModuleVersionId.ToString()
        );
        Add($"{Environment.ProcessorCount} {threads} {Environment.Version}");
        foreach (var input in Inputs.Select(i => Path.Combine(root, i)).Where(Directory.Exists))
        foreach (
            var file in Directory
                .EnumerateFiles(input, "*", SearchOption.AllDirectories)
                .Where(f =>
                    Kinds.Contains(Path.GetExtension(f))
                    || f.EndsWith("SHA256SUMS", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
        )
        {
            Add(Path.GetRelativePath(root, file));
            using var content = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(content));
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static string Hash(byte[] content) =>
        Convert.ToHexStringLower(SHA256.HashData(content));
}
