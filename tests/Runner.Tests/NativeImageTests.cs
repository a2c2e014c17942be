using System;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What packages bring as IL is native code beside the runner, and the same program.</summary>
public sealed class NativeImageTests
{
    [Theory]
    [InlineData("Microsoft.CodeAnalysis.CSharp")]
    [InlineData("Microsoft.CodeAnalysis")]
    [InlineData("Jint")]
    [InlineData("Plotly.NET")]
    [InlineData("TorchSharp")]
    public void AnAssemblyIsThatOfThePackageWithNativeCode(string name)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64,
            "Elsewhere nobody has looked."
        );
        var (image, native) = Read(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
        var (packaged, _) = Read(Packaged(name));

        Assert.True(native, $"{name} is not compiled: 'dotnet build' should say why with -v d.");
        Assert.Equal(packaged, image);
    }

    private static (Guid Version, bool Native) Read(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        return (
            metadata.GetGuid(metadata.GetModuleDefinition().Mvid),
            image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0
        );
    }

    /// <summary>Where the build took it from.</summary>
    private static string Packaged(string name)
    {
        using var assets = JsonDocument.Parse(
            File.ReadAllText(
                Path.Combine(
                    RepositoryRoot.Path,
                    "environment",
                    "Runner",
                    "obj",
                    "project.assets.json"
                )
            )
        );
        var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject();
        var (package, file) = assets
            .RootElement.GetProperty("targets")
            .EnumerateObject()
            .First()
            .Value.EnumerateObject()
            .Where(p => p.Value.TryGetProperty("runtime", out _))
            .SelectMany(p =>
                p.Value.GetProperty("runtime").EnumerateObject().Select(f => (p.Name, f.Name))
            )
            .Single(p => Path.GetFileName(p.Item2) == $"{name}.dll");
        var path = assets
            .RootElement.GetProperty("libraries")
            .GetProperty(package)
            .GetProperty("path")
            .GetString()!;
        return folders.Select(f => Path.Combine(f.Name, path, file)).First(File.Exists);
    }
}
