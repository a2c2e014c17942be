#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using static TorchSharp.torch;

/// <summary>The folder of a training: one process at a time works in it, and touches only what a training wrote there.</summary>
public sealed class TrainingFolder : IDisposable
{
    private const string LockName = "training.lock";
    private const string PicturePrefix = "samples-";
    private const string PictureSuffix = ".png";

    private readonly FileStream hold;

    private TrainingFolder(FileStream hold, OwnFiles files) => (this.hold, Files) = (hold, files);

    /// <summary>What in it is the training's own.</summary>
    public OwnFiles Files { get; }

    /// <summary>A picture's name, behind a step.</summary>
    public static string PictureName(int step) => $"{PicturePrefix}{step:d6}{PictureSuffix}";

    /// <summary>Takes a folder for a training, before anything is done.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="weights">The name of the finished model's file.</param>
    /// <exception cref="InvalidDataException">It holds something that no training wrote; nothing was changed.</exception>
    /// <exception cref="IOException">Another training is at work there.</exception>
    public static TrainingFolder Claim(string folder, string weights)
    {
        var adopted = Examine(folder, weights);
        Directory.CreateDirectory(folder);
        var hold = Hold(folder);
        try
        {
            var files = new OwnFiles(folder);
            if (adopted.Count > 0)
                files.Adopt(adopted);
            return new TrainingFolder(hold, files);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    public void Dispose() => hold.Dispose();

    private static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, LockName),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException e)
        {
            throw new IOException(
                $"Another training is at work in '{folder}', or the folder cannot be written: wait for it, or name another folder.",
                e
            );
        }
    }

    /// <returns>Files of an earlier version's training, which kept no list.</returns>
    private static IReadOnlyList<string> Examine(string folder, string weights)
    {
        if (!Directory.Exists(folder))
            return [];
        var hasList = OwnFiles.HasList(folder);
        var listed = OwnFiles.NamesIn(folder);
        var others = new DirectoryInfo(folder)
            .GetFileSystemInfos()
            .Where(f => f.LinkTarget is not null || !(IsList(f) || IsLock(f)))
            .Where(f => f.LinkTarget is not null || !listed.Contains(f.Name))
            // Beside a list, strange names are in nobody's way.
            .Where(f => !hasList || IsName(f.Name, weights))
            .ToArray();
        // An earlier version's training has a checkpoint, and nothing but files of a training.
        var stranger =
            hasList || !others.Any(f => Checkpoints.IsName(f.Name))
                ? others.FirstOrDefault()
                : others.FirstOrDefault(f => !WasWritten(f, weights));
        if (stranger is not null)
            throw new InvalidDataException(
                hasList
                    ? $"'{stranger.FullName}' was not written by the training in that folder, which needs the name: move it elsewhere."
                    : $"'{folder}' holds '{stranger.Name}', which no training wrote there: name another folder, which is empty or missing."
            );
        return others.Select(f => f.Name).ToArray();
    }

    private static bool IsList(FileSystemInfo file) =>
        file is FileInfo && file.Name == OwnFiles.ListName;

    private static bool IsLock(FileSystemInfo file) =>
        file is FileInfo { Name: LockName, Length: 0 };

    /// <summary>Whether a training may want the name.</summary>
    private static bool IsName(string name, string weights) =>
        name == weights
        || name == TrainingLog.Name
        || name is OwnFiles.ListName or LockName
        || Checkpoints.IsName(name)
        || IsPicture(name);

    private static bool IsPicture(string name) =>
        name.StartsWith(PicturePrefix, StringComparison.Ordinal)
        && name.EndsWith(PictureSuffix, StringComparison.Ordinal);

    /// <summary>Whether a file is what its name says: earlier versions kept no list.</summary>
    private static bool WasWritten(FileSystemInfo file, string weights) =>
        file is FileInfo { LinkTarget: null, Length: > 0 }
        && (
            file.Name == TrainingLog.Name
                ? File.ReadLines(file.FullName).First() == TrainingLog.Header
            : IsPicture(file.Name) ? File.ReadAllBytes(file.FullName).AsSpan(1).StartsWith("PNG"u8)
            : (file.Name == weights || Checkpoints.IsName(file.Name)) && IsSound(file.FullName)
        );

    private static bool IsSound(string path)
    {
        using var scope = NewDisposeScope();
        try
        {
            Weights.Read(path);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
