using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>
/// What <c>#r "nuget: …"</c> means here: the packages that the runner was built with, and no others.
/// </summary>
internal static partial class PackageReferences
{
    /// <summary>What notebooks are written with.</summary>
    private static readonly string[] Offered = ["TorchSharp", "Plotly.NET"];

    // These are for the reader's engine, and the runner has what stands in for them: for a bundle of
    // TorchSharp with libtorch the same TorchSharp over its own libtorch, so the versions must agree.
    private static readonly Dictionary<string, string> Bundles = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["TorchSharp-cpu"] = "TorchSharp",
        ["TorchSharp-cuda-windows"] = "TorchSharp",
        ["TorchSharp-cuda-linux"] = "TorchSharp",
    };

    // For the engine's own parts: its stand-in, which every cell sees, and the runner's way of showing values.
    private static readonly HashSet<string> EngineParts = new(StringComparer.OrdinalIgnoreCase)
    {
        "Plotly.NET.Interactive",
        "Microsoft.DotNet.Interactive",
        "Microsoft.DotNet.Interactive.Formatting",
    };

    /// <summary>Takes the package lines out of a cell, as the engine does before it compiles.</summary>
    /// <returns>The code with empty lines in their place, and the assemblies to reference.</returns>
    /// <exception cref="LocatedException">A package or version that the runner does not have.</exception>
    public static (string Code, IReadOnlyList<string> Assemblies) Extract(Submission submission)
    {
        var assemblies = new List<string>();
        var lines = submission.Code.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (PackageLine().Match(lines[i]) is not { Success: true } match)
                continue;
            try
            {
                assemblies.AddRange(
                    Resolve(match.Groups["package"].Value, match.Groups["version"].Value)
                );
            }
            catch (NotebookException e)
            {
                throw LocatedException.At(submission.File, submission.FirstLine + i, e.Message);
            }
            lines[i] = "";
        }
        return (string.Join('\n', lines), assemblies.Distinct().ToArray());
    }

    private static IReadOnlyList<string> Resolve(string package, string version)
    {
        if (EngineParts.Contains(package))
            return [];
        var name = Bundles.GetValueOrDefault(package, package);
        if (!Offered.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new NotebookException(
                $"The package {package} is not one that this runner offers to notebooks ({string.Join(", ", Offered)}): leave it out, or add it to the runner's project and to its list of packages."
            );
        var built = BuiltPackages.OfThisRunner.Version(name);
        if (version != built)
            throw new NotebookException(
                version == ""
                    ? $"The notebook asks for {package} without saying which version: write \"nuget: {package}, {built}\", which is what this runner was built with."
                    : $"The notebook asks for {package} {version}, but this runner was built with {name} {built}: make Directory.Packages.props and the environment notebook agree."
            );
        return BuiltPackages.OfThisRunner.Assemblies(name);
    }

    // At a line's start it counts even inside of a comment or a string, as in the engine.
    [GeneratedRegex(
        """^#r\s+"nuget:\s*(?<package>[^,"\s]+)\s*(?:,\s*(?<version>[^"\s]+)\s*)?"\s*$"""
    )]
    private static partial Regex PackageLine();
}
