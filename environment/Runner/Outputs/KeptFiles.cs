using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Threading;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>
/// Files in which work is remembered, so that it needn't be done again. A name is of what is kept, and of the key under
/// which it was made; what has another name or another checksum is somebody else's.
/// </summary>
/// <remarks>A file of it: SHA-256 of what follows, then what is kept.</remarks>
internal static partial class KeptFiles
{
    private const int KeyLength = 24;
    private const int MostBytes = 1 << 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Where something is kept.</summary>
    /// <param name="key">In hexadecimal digits, of everything that decides it; 24 or more.</param>
    public static string PathOf(string folder, string name, string key) =>
        Path.Combine(folder, $"{name}.{key[..KeyLength]}.kept");

    /// <summary>What a file keeps; null where it is not there or not as it was written.</summary>
    public static byte[]? Read(string path)
    {
        // A pipe or a device may never end.
        if (
            FolderTree.IsLink(path)
            || !FileKind.IsRegular(path)
            || new FileInfo(path).Length is < SHA256.HashSizeInBytes or > MostBytes
        )
            return null;
        var file = File.ReadAllBytes(path);
        var kept = file[SHA256.HashSizeInBytes..];
        return SHA256.HashData(kept).SequenceEqual(file[..SHA256.HashSizeInBytes]) ? kept : null;
    }

    /// <summary>Keeps something, and of the same name the latest others only.</summary>
    /// <param name="path">From <see cref="PathOf"/>.</param>
    /// <param name="most">How many of that name there may be then.</param>
    public static void Write(string path, byte[] kept, int most, CancellationToken cancel)
    {
        var folder = Path.GetDirectoryName(path)!;
        using var place = Workplace.Enter(folder, cancel);
        var unfinished = Path.Combine(place.Staging, "kept");
        File.WriteAllBytes(unfinished, [.. SHA256.HashData(kept), .. kept]);
        File.Move(unfinished, path, overwrite: true);
        var name = NameOf(Path.GetFileName(path));
        var earlier = Own(folder)
            .Where(own => own != path && NameOf(Path.GetFileName(own)) == name)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Skip(most - 1);
        foreach (var own in earlier)
            File.Delete(own);
    }

    /// <summary>The same, where nobody else is at work, nothing is in the way and the disk takes it; otherwise nothing is kept.</summary>
    public static void TryWrite(string path, byte[] kept, int most)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            Write(path, kept, most, patience.Token);
        }
        catch (Exception e)
            when (e
                    is NotebookException
                        or OperationCanceledException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            // Somebody else at work there, a full or read-only disk: the work is done once more the next time, and nothing else.
        }
    }

    /// <summary>Deletes all that is remembered in a folder, and nothing that somebody else put there.</summary>
    public static void Forget(string folder, CancellationToken cancel)
    {
        if (!Directory.Exists(folder))
            return;
        using (Workplace.Enter(folder, cancel))
            foreach (var path in Own(folder))
                File.Delete(path);
        // Stays where something else is in it, or where it is a link that somebody made.
        if (!FolderTree.IsLink(folder))
            Quietly.Do(() => Directory.Delete(folder));
    }

    private static string[] Own(string folder) =>
        FolderTree
            .Of(folder)
            .Where(e => e.Kind == EntryKind.File && NameOf(e.Path) is not null)
            .Select(e => Path.Combine(folder, e.Path))
            .Where(path => Read(path) is not null)
            .ToArray();

    private static string? NameOf(string file) =>
        Pattern().Match(file) is { Success: true } match ? match.Groups["name"].Value : null;

    [GeneratedRegex("""^(?<name>[^/]*)\.[0-9a-f]{24}\.kept$""")]
    private static partial Regex Pattern();
}
