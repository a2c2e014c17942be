using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Runner.Inputs;

/// <summary>All files of a folder, of every kind, also behind symbolic links.</summary>
internal static class FolderFiles
{
    // What a build leaves is decided by its sources.
    private static readonly string[] Skipped = ["bin", "obj", ".git"];

    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = true,
    };

    /// <param name="folder">It may be missing: then it has none.</param>
    /// <returns>Absolute, in an order that is the same everywhere. A folder that is reached twice is named the second time, and not gone into.</returns>
    public static IReadOnlyList<string> Of(string folder)
    {
        var found = new List<string>();
        Add(new DirectoryInfo(folder), found, []);
        return found.Order(StringComparer.Ordinal).ToArray();
    }

    private static void Add(DirectoryInfo folder, List<string> found, HashSet<string> gone)
    {
        if (!folder.Exists)
            return;
        if (!gone.Add((folder.ResolveLinkTarget(returnFinalTarget: true) ?? folder).FullName))
        {
            found.Add(folder.FullName);
            return;
        }
        foreach (var file in folder.EnumerateFiles("*", Everything))
            found.Add(file.FullName);
        foreach (var inner in folder.EnumerateDirectories("*", Everything))
            if (!Skipped.Contains(inner.Name))
                Add(inner, found, gone);
    }
}
