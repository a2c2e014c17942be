using System;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>What <c>--output</c> may name.</summary>
internal static class OutputFolder
{
    // What notebooks are made of: pages in there would decide what the next ones show.
    private static readonly string[] Sources =
    [
        ".git",
        "data",
        "environment",
        "lib",
        "notebooks",
        "tests",
    ];

    /// <summary>The full path of a folder that files may be put into.</summary>
    /// <exception cref="NotebookException">It is none, or a link to one.</exception>
    public static string Of(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal))
            throw new NotebookException("The output folder has no name: name one with --output.");
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(name));
        if (FolderTree.IsLink(folder))
            throw new NotebookException(
                $"'{folder}' is a symbolic link: name the folder that it leads to."
            );
        for (var above = folder; above is not null; above = Path.GetDirectoryName(above))
            if (File.Exists(above))
                throw new NotebookException(
                    $"'{above}' is a file: name an output folder that can be made."
                );
        return folder;
    }

    /// <summary>The same, for a folder that holds pages and nothing else.</summary>
    /// <param name="root">The repository's.</param>
    public static string OfPages(string name, string root)
    {
        var folder = Of(name);
        var (real, realRoot) = (Real(folder), Real(root));
        if (IsIn(realRoot, real))
            throw new NotebookException(
                $"'{folder}' holds the repository itself: pages need a folder of their own."
            );
        if (Sources.FirstOrDefault(s => IsIn(real, Path.Combine(realRoot, s))) is string source)
            throw new NotebookException(
                $"'{folder}' is in the repository's folder '{source}', and the next pages would be made of it: name another folder."
            );
        return folder;
    }

    private static bool IsIn(string inner, string outer) =>
        $"{inner}{Path.DirectorySeparatorChar}".StartsWith(
            Path.EndsInDirectorySeparator(outer) ? outer : $"{outer}{Path.DirectorySeparatorChar}",
            OperatingSystem.IsLinux()
                ? StringComparison.Ordinal
                : StringComparison.OrdinalIgnoreCase
        );

    /// <summary>A path without symbolic links in it; what does not exist yet has none.</summary>
    private static string Real(string path)
    {
        if (Path.GetDirectoryName(path) is not string above)
            return path;
        var here = Path.Combine(Real(above), Path.GetFileName(path));
        return
            FolderTree.IsLink(here)
            && Directory.ResolveLinkTarget(here, returnFinalTarget: true) is { } target
            ? Real(target.FullName)
            : here;
    }
}
