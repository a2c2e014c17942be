using System;
using System.IO;

namespace Diffusion.Tests.Runner;

/// <summary>Where the tested repository is, and the runner that was built with these tests.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    // bin/Debug/net10.0 of this project becomes the same of the runner's.
    public static string RunnerAssembly { get; } =
        System.IO.Path.Combine(
            Path,
            "environment",
            "Runner",
            System.IO.Path.GetRelativePath(
                System.IO.Path.Combine(Path, "tests", "Runner.Tests"),
                AppContext.BaseDirectory
            ),
            "Diffusion.Runner.dll"
        );

    private static string Find(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, "Diffusion.slnx"))
            ? folder
            : Find(
                Directory.GetParent(folder)?.FullName
                    ?? throw new InvalidOperationException("The tests do not lie in a clone.")
            );
}
