using System;
using System.IO;
using System.Text;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>A file among those of others is known by a checksum in itself.</summary>
public sealed class SealTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Sealed(string text)
    {
        File.WriteAllBytes(folder["a"], Seal.Close(Encoding.UTF8.GetBytes(text)));
        return folder["a"];
    }

    [Fact]
    public void EveryChangeBreaksIt()
    {
        // A text that quotes the words is no seal.
        var path = Sealed($"says {Seal.Open}, and {Seal.Open} at the end");
        Assert.True(Seal.Holds(path));
        var file = File.ReadAllBytes(path);
        for (var i = 0; i < file.Length; i++)
        {
            file[i] ^= 1;
            File.WriteAllBytes(path, file);
            Assert.False(Seal.Holds(path), $"Byte {i} may be changed.");
            file[i] ^= 1;
        }
        File.WriteAllBytes(path, file);
        Assert.True(Seal.Holds(path));
        SealedFiles.Require(path);
        SealedFiles.Require(folder["none"]);
    }

    [Fact]
    public void WhatHasNoneIsRefused()
    {
        File.CreateSymbolicLink(folder["link"], Sealed(Seal.Open));
        Directory.CreateDirectory(folder["folder/x"][..^2]);
        folder.Write("empty", "");
        folder.Write("plain", "text");
        folder.Write("cut", Seal.Open[..^1]);
        folder.Write("open", Seal.Open);
        foreach (var name in new[] { "link", "folder", "empty", "plain", "cut", "open" })
            Assert.Contains(
                name,
                Assert.Throws<NotebookException>(() => SealedFiles.Require(folder[name])).Message
            );
    }
}
