using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The list of packages is that of the packages.</summary>
public sealed partial class DependencyTests
{
    private static readonly (string Name, string Version)[] Pinned = XDocument
        .Load(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"))
        .Descendants("PackageVersion")
        .Select(p => ((string)p.Attribute("Include")!, (string)p.Attribute("Version")!))
        .ToArray();

    [Fact]
    public void Every_package_is_listed_with_its_version_and_licence()
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "dependencies.md"));
        Assert.All(
            Pinned,
            package =>
                Assert.Contains(
                    lines,
                    line =>
                        Regex.IsMatch(line, $@"(^\| |, |\[){Regex.Escape(package.Name)}(\]|,| )")
                        && line.Split('|')[2].Trim() == package.Version
                        && line.Split('|')[3].Trim() != ""
                )
        );
    }

    [Fact]
    public void Every_package_is_used_and_every_version_is_exact()
    {
        var projects = string.Join(
            '\n',
            Directory
                .GetFiles(RepositoryRoot.Path, "*.*", SearchOption.AllDirectories)
                .Where(f => Path.GetExtension(f) is ".csproj" or ".props" or ".targets")
                .Where(f =>
                    !f.Contains("/obj/") && Path.GetFileName(f) != "Directory.Packages.props"
                )
                .Select(File.ReadAllText)
        );
        Assert.All(
            Pinned,
            package =>
            {
                Assert.Contains($"\"{package.Name}\"", projects);
                Assert.Matches(Exact(), package.Version);
            }
        );
    }

    [GeneratedRegex(@"^\d+(\.\d+)+$")]
    private static partial Regex Exact();
}
