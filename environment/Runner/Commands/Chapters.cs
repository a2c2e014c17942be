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
    /// <exception cref="NotebookException">One does not exist.</exception>
    public static IReadOnlyList<string> Named(IReadOnlyList<string> files)
    {
        if (files.Count == 0)
            return All(Repository.Root);
        var missing = files.FirstOrDefault(f => !File.Exists(f));
        return missing is null
            ? files.Select(Path.GetFullPath).ToArray()
            : throw new NotebookException($"There is no notebook '{missing}'.");
    }
}
