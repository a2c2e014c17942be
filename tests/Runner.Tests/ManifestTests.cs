using System;
using System.IO;
using Diffusion.Runner.Outputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What a folder is known by to be this program's own.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly TestFolder folder = new();

    public ManifestTests()
    {
        folder.Write("index.html", "page");
        folder.Write("assets/book.css", "");
    }

    public void Dispose() => folder.Dispose();

    private Manifest Written()
    {
        var manifest = Manifest.Of(folder.Path, Guid.NewGuid().ToString("n"), "key");
        Directory.CreateDirectory(Path.GetDirectoryName(Manifest.PathIn(folder.Path))!);
        manifest.Save(Manifest.PathIn(folder.Path));
        return Manifest.In(folder.Path)!;
    }

    [Fact]
    public void ItNamesEveryFileAndIsReadBack()
    {
        var manifest = Written();
        Assert.Equal("key", manifest.Key);
        Assert.Equal(["assets/book.css", "index.html"], manifest.Files.Keys);
        Assert.Equal(
            // printf page | sha256sum
            new Manifest.Content(
                4,
                "3660315a9af3df255d8f19ab077e4797822b41488a0e2a04bc6af71213c23274"
            ),
            manifest.Files["index.html"]
        );
        Assert.True(manifest.IsWhole(folder.Path));
    }

    [Theory]
    [InlineData("index.html", "Page")]
    [InlineData("index.html", "longer than before")]
    [InlineData("assets/book.css", "x")]
    public void AChangedFileIsNotItsOwn(string file, string text)
    {
        var manifest = Written();
        folder.Write(file, text);
        Assert.False(manifest.IsWhole(folder.Path));
        Assert.False(manifest.Has(file, folder[file]));
    }

    [Fact]
    public void AMissingFileAndALinkAreNotWhole()
    {
        var manifest = Written();
        File.Move(folder["index.html"], folder["elsewhere"]);
        Assert.False(manifest.IsWhole(folder.Path));
        File.CreateSymbolicLink(folder["index.html"], folder["elsewhere"]);
        Assert.False(manifest.IsWhole(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Id":"1","Key":"","Files":{}}""")]
    [InlineData("""{"Id":"00000000000000000000000000000000","Key":"","Files":{"a":null}}""")]
    [InlineData(
        """{"Id":"00000000000000000000000000000000","Key":"","Files":{"../a":{"Size":1,"Sha256":""}}}"""
    )]
    [InlineData(
        """{"Id":"00000000000000000000000000000000","Key":"","Files":{"/etc/passwd":{"Size":1,"Sha256":""}}}"""
    )]
    [InlineData(
        """{"Id":"00000000000000000000000000000000","Key":"","Files":{".diffusion/lock":{"Size":0,"Sha256":""}}}"""
    )]
    public void ADamagedOrForgedOneIsNone(string text)
    {
        folder.Write(".diffusion/manifest.json", text);
        Assert.Null(Manifest.In(folder.Path));
    }

    [Fact]
    public void LinksAreNotFollowed()
    {
        using var other = new TestFolder();
        other.Write("precious.txt", "keep me");
        Directory.CreateSymbolicLink(folder["there"], other.Path);
        Assert.Equal(["assets/book.css", "index.html"], Written().Files.Keys);
    }
}
