using System;
using System.IO;

namespace Diffusion.Runner;

/// <summary>Where the repository's files are.</summary>
public static class Repository
{
    private const string Marker = "Diffusion.slnx";

    /// <summary>The folder with <c>Diffusion.slnx</c>: above the working directory, or above the runner itself.</summary>
    /// <exception cref="Notebooks.NotebookException">There is none.</exception>
    public static string Root =>
        Above(Environment.CurrentDirectory)
        ?? Above(AppContext.BaseDirectory)
        ?? throw new Notebooks.NotebookException(
            $"Neither {Environment.CurrentDirectory} nor a folder above it holds {Marker}: run this inside a clone of the repository."
        );

    /// <summary>The same above a folder; null where there is none.</summary>
    public static string? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
                return folder.FullName;
        return null;
    }
}
