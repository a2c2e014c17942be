using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Diffusion.Long;

/// <summary>What has passed already with these sources: <c>work/long</c> has a folder for each state of them.</summary>
/// <param name="folder">Of this state.</param>
internal sealed class Kept(string folder)
{
    /// <summary>How long the piece took when it passed; null where it has not yet.</summary>
    public TimeSpan? Passed(Part part, Piece piece)
    {
        var file = PathOf(part, piece, "passed");
        return File.Exists(file)
            ? TimeSpan.FromSeconds(
                double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture)
            )
            : null;
    }

    public void Remember(Part part, Piece piece, TimeSpan took)
    {
        var file = PathOf(part, piece, "passed");
        File.WriteAllText(
            $"{file}.tmp",
            took.TotalSeconds.ToString("f1", CultureInfo.InvariantCulture)
        );
        File.Move($"{file}.tmp", file, overwrite: true);
    }

    /// <summary>Where everything goes that the piece prints.</summary>
    public string Log(Part part, Piece piece)
    {
        var file = PathOf(part, piece, "txt");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }

    /// <summary>Begins a part anew.</summary>
    public void Forget(Part part)
    {
        var kept = Path.Combine(folder, part.Name);
        if (Directory.Exists(kept))
            Directory.Delete(kept, recursive: true);
    }

    private string PathOf(Part part, Piece piece, string ending)
    {
        var name = string.Concat(piece.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        // Names that differ elsewhere stay different (FNV-1a).
        var rest = piece.Name.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
        return Path.Combine(
            folder,
            part.Name,
            $"{name[..Math.Min(60, name.Length)]}-{rest:x8}.{ending}"
        );
    }
}
