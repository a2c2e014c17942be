using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>Makes sure that a folder of pages holds nothing but what this program wrote there.</summary>
internal static class Ownership
{
    // File managers put these into any folder that somebody looks at. They are left alone.
    private static readonly string[] Tolerated = [".DS_Store", "Thumbs.db", "desktop.ini"];

    /// <param name="folder">It may be missing.</param>
    /// <param name="manifests">Of what was written there; null where there is none.</param>
    /// <exception cref="NotebookException">It holds something else: one sentence that names it.</exception>
    public static void Require(string folder, params IEnumerable<Manifest?> manifests)
    {
        var known = manifests.OfType<Manifest>().ToArray();
        var parents = known.SelectMany(m => m.Files.Keys).SelectMany(Parents).ToHashSet();
        foreach (var (path, kind) in FolderTree.Of(folder))
        {
            if (IsWorkplace(path))
            {
                RequireOwn(folder, path, kind, known);
                continue;
            }
            var full = Path.Combine(folder, path);
            if (kind == EntryKind.File)
            {
                if (known.Any(m => m.Has(path, full)) || Tolerated.Contains(Path.GetFileName(path)))
                    continue;
                if (known.Any(m => m.Files.ContainsKey(path)))
                    throw new NotebookException(
                        $"'{full}' was changed after it was written: move it elsewhere, or delete it, and run this again."
                    );
            }
            if (kind == EntryKind.Folder && (parents.Contains(path) || HoldsSomething(full)))
                continue;
            throw new NotebookException(
                known.Length > 0
                    ? $"'{full}' is not one of the pages that were written to '{folder}': move it elsewhere, and run this again."
                    : $"'{folder}' holds '{path}' and no sign that this program wrote it, which pages of earlier versions lack too: move or delete that folder yourself, or name another one."
            );
        }
    }

    /// <summary>The same, for a folder that nothing was ever written to, without so much as a lock in it; anything else is looked at when it is entered.</summary>
    public static void RequireNothingForeign(string folder)
    {
        var place = Path.Combine(folder, Workplace.Name);
        if (Directory.Exists(place))
            return;
        try
        {
            Require(folder);
        }
        catch (Exception e)
            when (e is DirectoryNotFoundException
                || (e is NotebookException && Directory.Exists(place))
            )
        {
            // Another run has begun to write there this moment.
        }
    }

    /// <summary>In the program's own folder, too, only its own files.</summary>
    private static void RequireOwn(
        string folder,
        string path,
        EntryKind kind,
        IReadOnlyList<Manifest> known
    )
    {
        var own = path.Split('/');
        var holder = HolderFile.Read(Path.Combine(folder, Workplace.Name));
        if (
            kind != EntryKind.Link
            && (
                own.Length == 1
                || own[1] == $"new-{holder?.Id}"
                || known.Any(m => own[1] == $"new-{m.Id}")
                || (
                    own.Length == 2
                    && own[1] is "lock" or "holder.json" or "next.json" or "manifest.json"
                    && kind == EntryKind.File
                )
            )
        )
            return;
        throw new NotebookException(
            $"'{Path.Combine(folder, path)}' was not written by this program, to which that folder belongs: move it elsewhere."
        );
    }

    private static bool IsWorkplace(string path) =>
        path == Workplace.Name || path.StartsWith($"{Workplace.Name}/", StringComparison.Ordinal);

    private static bool HoldsSomething(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Any();

    private static IEnumerable<string> Parents(string path)
    {
        for (var at = path.LastIndexOf('/'); at > 0; at = path.LastIndexOf('/', at - 1))
            yield return path[..at];
    }
}
