using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Diffusion.Runner.Execution;

/// <summary>The packages that this runner was built with, as its own <c>.deps.json</c> lists them.</summary>
internal sealed class BuiltPackages
{
    private readonly Dictionary<string, Package> packages = new(StringComparer.OrdinalIgnoreCase);

    private sealed record Package(string Version, string[] Assemblies, string[] Dependencies);

    public static BuiltPackages OfThisRunner { get; } = new();

    private BuiltPackages()
    {
        var name = typeof(BuiltPackages).Assembly.GetName().Name;
        using var deps = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, $"{name}.deps.json"))
        );
        var target = deps.RootElement.GetProperty("targets").EnumerateObject().First().Value;
        foreach (var package in target.EnumerateObject())
        {
            var (id, version) = (package.Name.Split('/')[0], package.Name.Split('/')[1]);
            packages[id] = new Package(
                version,
                Names(package.Value, "runtime")
                    .Select(file => Path.GetFileNameWithoutExtension(file)!)
                    .ToArray(),
                Names(package.Value, "dependencies")
            );
        }
    }

    public string? Version(string package) => packages.GetValueOrDefault(package)?.Version;

    /// <summary>The assemblies of a package and of all that it depends on.</summary>
    public IReadOnlyList<string> Assemblies(string package)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var found = new List<string>();
        void Add(string id)
        {
            if (!seen.Add(id) || !packages.TryGetValue(id, out var entry))
                return;
            found.AddRange(entry.Assemblies);
            foreach (var dependency in entry.Dependencies)
                Add(dependency);
        }
        Add(package);
        return found;
    }

    private static string[] Names(JsonElement package, string property) =>
        package.TryGetProperty(property, out var entries)
            ? entries.EnumerateObject().Select(e => e.Name).ToArray()
            : [];
}
