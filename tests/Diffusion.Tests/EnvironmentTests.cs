using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Diffusion.Tests;

/// <summary>What the environment notebooks ask for is what the project is built with.</summary>
public sealed partial class EnvironmentTests
{
    /// <summary>Windows keeps to 0.106.0: 0.107.0 is reported not to load there.</summary>
    [Theory]
    [InlineData("cpu", "TorchSharp-cpu", null)]
    [InlineData("cpu-windows", "TorchSharp-cpu", "0.106.0")]
    [InlineData("cuda-linux", "TorchSharp-cuda-linux", null)]
    [InlineData("cuda-windows", "TorchSharp-cuda-windows", "0.106.0")]
    public void Packages_have_the_versions_of_the_build(
        string name,
        string libtorch,
        string? torchSharp
    )
    {
        var central = XDocument
            .Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(e => e.Attribute("Include")!.Value, e => e.Attribute("Version")!.Value);
        torchSharp ??= central["TorchSharp"];
        var expected = new Dictionary<string, string>
        {
            ["TorchSharp"] = torchSharp,
            [libtorch] = torchSharp,
            ["Plotly.NET"] = central["Plotly.NET"],
            // Its version must be Plotly.NET's own.
            ["Plotly.NET.Interactive"] = central["Plotly.NET"],
        };
        var asked = NugetLine()
            .Matches(Text(name))
            .ToDictionary(m => m.Groups["package"].Value, m => m.Groups["version"].Value);
        Assert.Equal(expected.OrderBy(p => p.Key), asked.OrderBy(p => p.Key));
    }

    /// <summary>The bytes as the engine writes them, so that opening and saving changes nothing.</summary>
    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu-windows")]
    [InlineData("cuda-linux")]
    [InlineData("cuda-windows")]
    public void Notebooks_have_the_engines_form(string name)
    {
        var text = Text(name);
        Assert.StartsWith("#!meta\n\n{\"kernelInfo\":", text);
        Assert.DoesNotContain('\r', text);
        Assert.Matches("[^\n]\n$", text);
        // A blank line before and after each selector, and no other selector than these.
        Assert.All(
            Selector().Matches(text),
            m => Assert.Matches("^(\n\n#!(csharp|markdown)\n\n[^\n]|#!meta\n\n[^\n])$", m.Value)
        );
    }

    private static string Text(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "environment", $"{name}.dib"));

    [GeneratedRegex(
        """^#r "nuget: (?<package>[^,]+), (?<version>[^"]+)"$""",
        RegexOptions.Multiline
    )]
    private static partial Regex NugetLine();

    [GeneratedRegex("(^|\n+)#!.*\n+.", RegexOptions.None)]
    private static partial Regex Selector();
}
