using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The code map says what is there.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Map = File.ReadAllText(
        Path.Combine(RepositoryRoot.Path, "docs", "architecture.md")
    );

    /// <summary>Folders and files that it names, and types of the library and the runner.</summary>
    [Fact]
    public void What_it_names_is_there()
    {
        var sources = string.Join(
            '\n',
            new[] { "lib", "environment", "tests", "benchmarks" }
                .Select(folder => Path.Combine(RepositoryRoot.Path, folder))
                .SelectMany(folder =>
                    Directory.EnumerateFiles(folder, "*.cs*", SearchOption.AllDirectories)
                )
                .Where(f => !f.Contains("/obj/") && Path.GetExtension(f) is ".cs" or ".csx")
                .Select(File.ReadAllText)
        );
        var names = Code().Matches(Map).Select(m => m.Groups["name"].Value).Distinct().ToArray();
        Assert.True(names.Length > 20);
        Assert.All(
            names,
            name =>
                Assert.True(
                    IsThere(name) || Regex.IsMatch(sources, $@"\b{Regex.Escape(name)}\b"),
                    $"docs/architecture.md names `{name}`, which is not there."
                )
        );
    }

    [Fact]
    public void What_is_there_is_named()
    {
        string[] places =
        [
            "lib/Diffusion",
            "notebooks",
            .. Below("environment"),
            .. Below("environment/Runner"),
            .. Below("tests"),
            "benchmarks",
            "data/results",
        ];
        Assert.All(
            places,
            place => Assert.Contains(Path.GetFileName(place), Map, StringComparison.Ordinal)
        );
    }

    private static string[] Below(string folder) =>
        Directory
            .GetDirectories(Path.Combine(RepositoryRoot.Path, folder))
            .Select(Path.GetFileName)
            .Where(name => name is not ("bin" or "obj"))
            .Select(name => $"{folder}/{name}")
            .ToArray();

    private static bool IsThere(string name) =>
        new[] { "", "environment/Runner", "environment", "tests", "lib" }.Any(folder =>
            Path.Exists(Path.Combine(RepositoryRoot.Path, folder, name.TrimEnd('/')))
        ) || name is ".dib" or "work/cache";

    [GeneratedRegex("`(?<name>[^`\n]+)`")]
    private static partial Regex Code();
}
