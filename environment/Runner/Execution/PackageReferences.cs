using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>
/// What <c>#r "nuget: …"</c> means here: the packages that the runner was built with, and no others.
/// </summary>
internal static partial class PackageReferences
{
    private static readonly string[] TorchAssemblies =
    [
        "TorchSharp",
        "SkiaSharp",
        "Google.Protobuf",
    ];

    private static readonly Dictionary<string, string[]> Assemblies = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["TorchSharp"] = TorchAssemblies,
        ["Plotly.NET"] =
        [
            "Plotly.NET",
            "DynamicObj",
            "FSharp.Core",
            "Giraffe.ViewEngine",
            "Newtonsoft.Json",
        ],
    };

    // These packages are for the reader's engine. The runner has what stands in for them: the same
    // TorchSharp over its own libtorch, and its own way of showing values.
    private static readonly Dictionary<string, string[]> StandIns = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["TorchSharp-cpu"] = TorchAssemblies,
        ["TorchSharp-cuda-windows"] = TorchAssemblies,
        ["TorchSharp-cuda-linux"] = TorchAssemblies,
        ["Plotly.NET.Interactive"] = [],
        ["Microsoft.DotNet.Interactive"] = [],
        ["Microsoft.DotNet.Interactive.Formatting"] = [],
    };

    private static readonly Lazy<Dictionary<string, string>> BuiltWith = new(ReadVersions);

    /// <summary>Takes the package lines out of a cell, as the engine does before it compiles.</summary>
    /// <returns>The code with blank lines in their place, and the assemblies to reference.</returns>
    /// <exception cref="NotebookException">A package or version that the runner does not have.</exception>
    public static (string Code, IReadOnlyList<string> Assemblies) Extract(string code)
    {
        var assemblies = new List<string>();
        var rest = NugetLine()
            .Replace(
                code,
                line =>
                {
                    assemblies.AddRange(
                        Resolve(line.Groups["package"].Value, line.Groups["version"].Value)
                    );
                    return "";
                }
            );
        return (rest, assemblies);
    }

    private static string[] Resolve(string package, string version)
    {
        if (StandIns.TryGetValue(package, out var standIns))
            return standIns;
        if (!Assemblies.TryGetValue(package, out var assemblies))
            throw new NotebookException(
                $"The package {package} is not one that this runner was built with ({string.Join(", ", Assemblies.Keys)}): add it to the runner's project, or leave it out."
            );
        var built = BuiltWith.Value.GetValueOrDefault(package);
        if (version != "" && version != built)
            throw new NotebookException(
                $"The notebook asks for {package} {version}, but this runner was built with {built}: make Directory.Packages.props and the environment notebook agree."
            );
        return assemblies;
    }

    private static Dictionary<string, string> ReadVersions()
    {
        var path = Path.Combine(
            AppContext.BaseDirectory,
            $"{typeof(PackageReferences).Assembly.GetName().Name}.deps.json"
        );
        using var deps = JsonDocument.Parse(File.ReadAllText(path));
        return deps
            .RootElement.GetProperty("libraries")
            .EnumerateObject()
            .Select(library => library.Name.Split('/'))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
    }

    [GeneratedRegex(
        """^#r\s+"nuget:\s*(?<package>[^,"\s]+)\s*(,\s*(?<version>[^"\s]+)\s*)?"[ \t]*$""",
        RegexOptions.Multiline
    )]
    private static partial Regex NugetLine();
}
