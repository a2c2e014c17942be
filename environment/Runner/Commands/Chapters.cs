using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Commands;

/// <summary>Which notebooks there are.</summary>
internal static class Chapters
{
    /// <summary>
    /// The chapters in their order, <c>notebooks/NN-name.dib</c>, then the appendices, <c>notebooks/X-name.dib</c>.
    /// </summary>
    /// <exception cref="NotebookException">There is none.</exception>
    public static IReadOnlyList<string> All(string root)
    {
        var folder = Path.Combine(root, "notebooks");
        var chapters = Directory.Exists(folder)
            ? new[] { "??-*.dib", "?-*.dib" }
                .SelectMany(pattern =>
                    Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)
                )
                .ToArray()
            : [];
        return chapters.Length > 0
            ? chapters
            : throw new NotebookException(
                $"There is no chapter in {folder}: is the clone complete?"
            );
    }

    /// <summary>The named notebooks, or all chapters where none is named.</summary>
    /// <param name="names">Files, or what a chapter's name begins with: <c>03</c>, <c>03-ddpm</c>, <c>B</c>.</param>
    /// <exception cref="NotebookException">One does not exist, or more than one chapter is meant.</exception>
    public static IReadOnlyList<string> Named(IReadOnlyList<string> names) =>
        names.Count == 0 ? All(Repository.Root) : names.Select(n => Named(n)).ToArray();

    private static string Named(string name)
    {
        if (File.Exists(name))
            return Path.GetFullPath(name);
        var all = All(Repository.Root);
        var meant = all.Where(chapter =>
                name.Length > 0
                && Path.GetFileName(chapter).StartsWith(name, StringComparison.OrdinalIgnoreCase)
            )
            .ToArray();
        return meant.Length == 1
            ? meant[0]
            : throw new NotebookException(
                $"There is no notebook '{name}': give a file, or the beginning of one chapter's name ({string.Join(", ", all.Select(c => Path.GetFileName(c).Split('-')[0]))})."
            );
    }
}
