using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>
/// The mark of a folder that this program wrote: which files are its own, with their checksums. What is
/// not in it, or no longer as it says, belongs to somebody else, and is neither replaced nor deleted.
/// </summary>
/// <param name="Id">Random, one for each writing: 32 hexadecimal digits.</param>
/// <param name="Key">Decides what the pages show; where it is the same they need not be written again. Empty where nothing is known.</param>
/// <param name="Files">By path, relative to the folder, with <c>/</c> on every system.</param>
internal sealed record Manifest(
    string Id,
    string Key,
    IReadOnlyDictionary<string, Manifest.Content> Files
)
{
    /// <param name="Size">Bytes.</param>
    /// <param name="Sha256">64 hexadecimal digits.</param>
    public sealed record Content(long Size, string Sha256);

    private const long MostBytes = 256 << 20;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    // On Linux a backslash and a colon are letters like others.
    private static readonly char[] Separators = OperatingSystem.IsWindows()
        ? ['\\', ':', '\0']
        : ['\0'];

    /// <summary>Where a folder's manifest is.</summary>
    public static string PathIn(string folder) =>
        Path.Combine(folder, Workplace.Name, "manifest.json");

    /// <summary>Of all files that a new folder holds.</summary>
    public static Manifest Of(string folder, string id, string key) =>
        new(
            id,
            key,
            FolderTree
                .Of(folder)
                .Where(e => e.Kind == EntryKind.File)
                .OrderBy(e => e.Path, StringComparer.Ordinal)
                .ToDictionary(e => e.Path, e => ContentOf(Path.Combine(folder, e.Path)))
        );

    /// <summary>The one of a folder that was written; null where it has none that can be relied upon.</summary>
    public static Manifest? In(string folder) => Read(PathIn(folder));

    /// <inheritdoc cref="In"/>
    /// <param name="path">Of the manifest itself.</param>
    public static Manifest? Read(string path)
    {
        try
        {
            // A pipe or a device may never end, and a book of a million pages has a shorter one.
            if (
                !FileKind.IsRegular(path)
                || FolderTree.IsLink(path)
                || new FileInfo(path).Length > MostBytes
            )
                return null;
            var read = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(path));
            return
                read is { Id: not null, Key: not null, Files: not null }
                && Guid.TryParseExact(read.Id, "n", out _)
                && read.Files.All(f => StaysInside(f.Key) && f.Value?.Sha256 is not null)
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Save(string path) =>
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, Readable));

    /// <summary>Whether every file is there, as it was written.</summary>
    public bool IsWhole(string folder) =>
        Files.All(f =>
            File.Exists(Path.Combine(folder, f.Key))
            && !FolderTree.IsLink(Path.Combine(folder, f.Key))
            && Has(f.Key, Path.Combine(folder, f.Key))
        );

    /// <summary>Whether the file at a path has the content that one of the own files was written with.</summary>
    /// <param name="name">The own file.</param>
    /// <param name="path">Of the file that is looked at. A pipe or a device is not opened.</param>
    public bool Has(string name, string path) =>
        Files.TryGetValue(name, out var content)
        && FileKind.IsRegular(path)
        && new FileInfo(path).Length == content.Size
        && ContentOf(path) == content;

    /// <summary>A path of a damaged or forged manifest must not lead out of the folder.</summary>
    private static bool StaysInside(string path) =>
        path.Split('/') is var steps
        && steps.All(s => s is not ("" or "." or "..") && !s.AsSpan().ContainsAny(Separators))
        && steps[0] != Workplace.Name;

    private static Content ContentOf(string path)
    {
        using var file = File.OpenRead(path);
        return new Content(file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}
