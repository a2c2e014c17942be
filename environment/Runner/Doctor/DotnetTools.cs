using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Diffusion.Runner.Doctor;

/// <summary>The .NET SDK and, where a reader has it, the notebook engine.</summary>
internal static class DotnetTools
{
    public static IEnumerable<Finding> Examine(string root) => [Sdk(root), Engine()];

    private static Finding Sdk(string root)
    {
        var file = Path.Combine(root, "global.json");
        if (Wanted(file) is not string wanted)
            return new Finding(
                Verdict.Trouble,
                $"{file} is missing or says no version of the SDK: 'git checkout -- global.json' brings it back"
            );
        var found = Installed();
        var line = string.Join('.', wanted.Split('.').Take(2)) + ".";
        // "latestFeature": any SDK of that line that is not older.
        return found.Any(v =>
            v.StartsWith(line, StringComparison.Ordinal)
            && Version.TryParse(v.Split('-')[0], out var version)
            && version >= Version.Parse(wanted)
        )
            ? new Finding(Verdict.Good, $".NET SDK {string.Join(", ", found)}")
            : new Finding(
                Verdict.Trouble,
                $"global.json asks for .NET SDK {wanted} or a later one of its line, and {(found.Count == 0 ? "none was found" : $"only {string.Join(", ", found)} is there")}: install it from https://dot.net"
            );
    }

    /// <summary>The version that <c>global.json</c> asks for; null where it asks for none.</summary>
    private static string? Wanted(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var wanted = json.RootElement.GetProperty("sdk").GetProperty("version").GetString();
            return Version.TryParse(wanted, out _) ? wanted : null;
        }
        catch (Exception e)
            when (e
                    is IOException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
            )
        {
            return null;
        }
    }

    private static IReadOnlyList<string> Installed()
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("dotnet", ["--list-sdks"]) { RedirectStandardOutput = true }
            )!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n');
            process.WaitForExit();
            return lines.Select(l => l.Split(' ')[0]).Where(v => v != "").ToArray();
        }
        catch (Win32Exception)
        {
            return [];
        }
    }

    private static Finding Engine()
    {
        var tools = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ".dotnet",
            "tools"
        );
        var there =
            Directory.Exists(tools) && Directory.EnumerateFiles(tools, "dotnet-interactive*").Any();
        return new Finding(
            Verdict.Good,
            there
                ? $"the notebook engine (dotnet-interactive) is in {tools}"
                : "no notebook engine in the home folder, and the runner needs none; VS Code's extension brings its own"
        );
    }
}
