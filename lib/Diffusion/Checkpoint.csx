#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A folder of checkpoints: the latest two of a training, each whole or not there at all.</summary>
/// <remarks>
/// Written under another name first and renamed when all of it has reached the disk, so a kill in the
/// middle of a write leaves the earlier ones. A file that was damaged later is noticed by its checksum.
/// </remarks>
public sealed class Checkpoints
{
    private const int Kept = 2;
    private const string Prefix = "step-";
    private const string Suffix = ".checkpoint.safetensors";

    /// <param name="folder">Made where it is missing.</param>
    public Checkpoints(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        // Left behind by a kill.
        foreach (var unfinished in Directory.EnumerateFiles(folder, $"{Prefix}*.tmp"))
            File.Delete(unfinished);
    }

    /// <summary>Where they are.</summary>
    public string Folder { get; }

    /// <summary>Writes where the training is, and deletes all but the latest two.</summary>
    public void Save(Trainer trainer)
    {
        var path = Path.Combine(
            Folder,
            $"{Prefix}{trainer.Step.ToString("d8", CultureInfo.InvariantCulture)}{Suffix}"
        );
        trainer.Save(path);
        // One that lies ahead was damaged, or Resume would have taken it.
        foreach (var ahead in LatestFirst().TakeWhile(p => p != path).ToArray())
            File.Delete(ahead);
        foreach (var old in LatestFirst().Skip(Kept))
            File.Delete(old);
    }

    /// <summary>Takes a training back to its latest sound checkpoint.</summary>
    /// <param name="warn">Told of each one that is damaged, in one sentence.</param>
    /// <returns>Whether there was one; if not, the training is as it was.</returns>
    /// <exception cref="InvalidOperationException">
    /// A sound checkpoint belongs to another network, recipe or objective: nothing was changed.
    /// </exception>
    public bool Resume(Trainer trainer, Action<string> warn)
    {
        foreach (var path in LatestFirst())
        {
            try
            {
                trainer.Resume(path);
                return true;
            }
            catch (InvalidDataException e)
            {
                warn($"{e.Message} The one before it is used.");
            }
        }
        return false;
    }

    private IEnumerable<string> LatestFirst() =>
        Directory
            .EnumerateFiles(Folder, $"{Prefix}*{Suffix}")
            .OrderDescending(StringComparer.Ordinal)
            .ToArray();
}
