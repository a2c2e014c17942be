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
/// Written elsewhere first and renamed when all of it has reached the disk, so a kill in the
/// middle of a write leaves the earlier ones. Checkpoints that others put there stay where they are. A file that was damaged later is noticed by its checksum.
/// </remarks>
public sealed class Checkpoints
{
    private const int Kept = 2;
    private const string Prefix = "step-";
    private const string Suffix = ".checkpoint.safetensors";
    private const int Digits = 8;

    private readonly OwnFiles files;

    /// <param name="folder">Made where it is missing.</param>
    public Checkpoints(string folder)
        : this(folder, new OwnFiles(folder)) { }

    /// <param name="files">The folder's, where others use it too.</param>
    public Checkpoints(string folder, OwnFiles files) => (Folder, this.files) = (folder, files);

    /// <summary>Where they are.</summary>
    public string Folder { get; }

    /// <summary>Writes where the training is, and deletes all but the latest two.</summary>
    public void Save(Trainer trainer)
    {
        var name = $"{Prefix}{trainer.Step.ToString("d8", CultureInfo.InvariantCulture)}{Suffix}";
        files.Write(name, trainer.Save);
        // One that lies ahead was damaged, or Resume would have taken it.
        foreach (var ahead in LatestFirst().TakeWhile(n => n != name))
            files.Delete(ahead);
        foreach (var old in LatestFirst().Where(files.Contains).Skip(Kept))
            files.Delete(old);
    }

    /// <summary>Takes a training back to its latest sound checkpoint.</summary>
    /// <param name="warn">Told of each one that is damaged, in one sentence.</param>
    /// <returns>Whether there was one; if not, the training is as it was.</returns>
    /// <exception cref="InvalidOperationException">
    /// A sound checkpoint belongs to another network, recipe or objective: nothing was changed.
    /// </exception>
    public bool Resume(Trainer trainer, Action<string> warn)
    {
        foreach (var path in LatestFirst().Select(n => Path.Combine(Folder, n)))
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

    /// <summary>Whether a file may be a checkpoint, by its name.</summary>
    public static bool IsName(string name) =>
        name.Length == Prefix.Length + Digits + Suffix.Length
        && name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(Suffix, StringComparison.Ordinal)
        && name.AsSpan(Prefix.Length, Digits).IndexOfAnyExceptInRange('0', '9') < 0;

    private string[] LatestFirst() =>
        Directory
            .EnumerateFiles(Folder)
            .Select(f => Path.GetFileName(f)!)
            .Where(IsName)
            .OrderDescending(StringComparer.Ordinal)
            .ToArray();
}
