using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Threading;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Commands;

/// <summary>The files in which runs are remembered: what has another name or another checksum is somebody else's.</summary>
/// <remarks>A file of it: SHA-256 of what follows, then what is kept.</remarks>
internal static partial class KeptRuns
{
    /// <summary>What a file keeps; null where it is not there or not as it was written.</summary>
    public static byte[]? Read(string path)
    {
        // A pipe is empty, and never opened.
        if (!File.Exists(path) || new FileInfo(path).Length < SHA256.HashSizeInBytes)
            return null;
        var file = File.ReadAllBytes(path);
        var kept = file[SHA256.HashSizeInBytes..];
        return SHA256.HashData(kept).SequenceEqual(file[..SHA256.HashSizeInBytes]) ? kept : null;
    }

    /// <summary>Keeps something in the place of what was kept of that chapter before.</summary>
    public static void Write(string folder, string chapter, string path, byte[] kept)
    {
        using var place = Workplace.Enter(folder, CancellationToken.None);
        var unfinished = Path.Combine(place.Staging, "kept");
        File.WriteAllBytes(unfinished, [.. SHA256.HashData(kept), .. kept]);
        File.Move(unfinished, path, overwrite: true);
        foreach (var old in Own(folder).Where(o => o.Chapter == chapter && o.Path != path))
            File.Delete(old.Path);
    }

    /// <summary>Deletes all that is remembered, and nothing that somebody else put there.</summary>
    public static void Forget(string folder, CancellationToken cancel)
    {
        if (!Directory.Exists(folder))
            return;
        using (Workplace.Enter(folder, cancel))
            foreach (var (path, _) in Own(folder))
                File.Delete(path);
        // Stays where something else is in it.
        Quietly.Do(() => Directory.Delete(folder));
    }

    private static IReadOnlyList<(string Path, string Chapter)> Own(string folder) =>
        FolderTree
            .Of(folder)
            .Where(e => e.Kind == EntryKind.File)
            .Select(e => (Path: Path.Combine(folder, e.Path), Name: Name().Match(e.Path)))
            .Where(f => f.Name.Success && Read(f.Path) is not null)
            .Select(f => (f.Path, f.Name.Groups["chapter"].Value))
            .ToArray();

    [GeneratedRegex("""^(?<chapter>[^/]*)\.[0-9a-f]{24}\.kept$""")]
    private static partial Regex Name();
}
