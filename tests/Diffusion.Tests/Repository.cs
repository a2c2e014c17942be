using System;
using System.IO;

namespace Diffusion.Tests;

/// <summary>Where the tests find the repository's files.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>Diffusion.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent
        )
            if (File.Exists(Path.Combine(folder.FullName, "Diffusion.slnx")))
                return folder.FullName;
        throw new DirectoryNotFoundException(
            "No folder above the tests holds Diffusion.slnx: run them from a clone of the repository."
        );
    }
}
