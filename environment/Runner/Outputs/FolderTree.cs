using System;
using System.Collections.Generic;
using System.IO;

namespace Diffusion.Runner.Outputs;

/// <summary>What is in a folder, without going through symbolic links.</summary>
internal static class FolderTree
{
    /// <param name="Path">Relative to the folder, with <c>/</c> on every system.</param>
    /// <param name="Kind">What it is by itself: a link is a link, wherever it leads.</param>
    public readonly record struct Entry(string Path, EntryKind Kind);

    /// <summary>Everything below a folder; a folder comes before what is in it.</summary>
    /// <param name="folder">It may be missing: then there is nothing.</param>
    public static IEnumerable<Entry> Of(string folder, string below = "")
    {
        var here = new DirectoryInfo(Path.Combine(folder, below));
        if (!here.Exists)
            yield break;
        foreach (var info in here.EnumerateFileSystemInfos())
        {
            var path = below == "" ? info.Name : $"{below}/{info.Name}";
            var kind =
                IsLink(info) ? EntryKind.Link
                : info is DirectoryInfo ? EntryKind.Folder
                : EntryKind.File;
            yield return new Entry(path, kind);
            if (kind == EntryKind.Folder)
                foreach (var inner in Of(folder, path))
                    yield return inner;
        }
    }

    /// <summary>Whether a path leads through a symbolic link, or a junction, in its last step.</summary>
    public static bool IsLink(string path) => IsLink(new FileInfo(path));

    private static bool IsLink(FileSystemInfo info) => info.LinkTarget is not null;
}

internal enum EntryKind
{
    File,
    Folder,
    Link,
}
