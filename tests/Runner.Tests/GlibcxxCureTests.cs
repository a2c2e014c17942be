using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using Diffusion.Runner.Native;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The cure on TorchSharp's real library, and on what only looks like one.</summary>
public sealed class GlibcxxCureTests : IDisposable
{
    private static readonly byte[] Original = UncuredLibrary();
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ChangesTheFlagOfThatVersionAndNoOtherByte()
    {
        var image = (byte[])Original.Clone();

        Assert.True(GlibcxxCure.MarkWeak(image, GlibcxxCure.MissingVersion));

        var at = Assert.Single(Differences(Original, image));
        Assert.Equal((0, 2), (Original[at], image[at]));
        // In a record of a needed version the flags stand behind the hash of the version's name.
        Assert.Equal(FlagsOf(GlibcxxCure.MissingVersion), at);
    }

    [Fact]
    public void DoingItTwiceChangesNothingMore()
    {
        var image = (byte[])Original.Clone();
        GlibcxxCure.MarkWeak(image, GlibcxxCure.MissingVersion);
        var once = (byte[])image.Clone();

        Assert.False(GlibcxxCure.MarkWeak(image, GlibcxxCure.MissingVersion));
        Assert.Equal(once, image);
    }

    [Fact]
    public void AVersionThatIsNotAskedForChangesNothing()
    {
        var image = (byte[])Original.Clone();

        Assert.False(GlibcxxCure.MarkWeak(image, "GLIBCXX_3.4.99"));
        Assert.Equal(Original, image);
    }

    [Fact]
    public void AFileIsReplacedAndNeverWrittenThrough()
    {
        var (package, output) = (folder["package.so"], folder["output.so"]);
        File.WriteAllBytes(package, Original);
        File.SetLastWriteTimeUtc(package, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        // As the build links it into an output folder.
        using (var link = Process.Start("ln", [package, output]))
            link.WaitForExit();

        Assert.True(GlibcxxCure.Apply(output));

        Assert.Equal(Original, File.ReadAllBytes(package));
        Assert.NotEqual(Original, File.ReadAllBytes(output));
        Assert.Equal(File.GetLastWriteTimeUtc(package), File.GetLastWriteTimeUtc(output));
        Assert.False(GlibcxxCure.Apply(output));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void WhatIsNoLibraryIsRefused()
    {
        Assert.Throws<InvalidDataException>(() => GlibcxxCure.MarkWeak([], "x"));
        Assert.Throws<InvalidDataException>(() => GlibcxxCure.MarkWeak(new byte[1000], "x"));
        Assert.Throws<InvalidDataException>(() =>
            GlibcxxCure.MarkWeak(Encoding.ASCII.GetBytes("#!/bin/sh\n" + new string('x', 100)), "x")
        );
        foreach (var (at, value) in new[] { (4, 1), (5, 2) })
        {
            var other = (byte[])Original.Clone();
            other[at] = (byte)value;
            Assert.Throws<InvalidDataException>(() => GlibcxxCure.MarkWeak(other, "x"));
        }
    }

    [Fact]
    public void ATruncatedLibraryIsRefusedOrLeftAlone()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var image = Original[..random.Next(Original.Length)];
            AssertRefusedOrOneFlag(image);
        }
    }

    [Fact]
    public void ADamagedLibraryIsRefusedOrOnlyFlagsChange()
    {
        var random = new Random(2);
        var sections = BitConverter.ToInt32(Original, 0x28);
        for (var i = 0; i < 1_000; i++)
        {
            var image = (byte[])Original.Clone();
            for (var damage = random.Next(1, 6); damage > 0; damage--)
            {
                // Where the reader looks: the header, the section table, and the records themselves.
                var at = random.Next(3) switch
                {
                    0 => random.Next(64),
                    1 => sections + random.Next(image.Length - sections),
                    _ => VersionRecords.Start + random.Next(VersionRecords.Length),
                };
                image[at] = (byte)random.Next(256);
            }
            AssertRefusedOrOneFlag(image);
        }
    }

    private static void AssertRefusedOrOneFlag(byte[] image)
    {
        var before = (byte[])image.Clone();
        try
        {
            GlibcxxCure.MarkWeak(image, GlibcxxCure.MissingVersion);
        }
        catch (InvalidDataException)
        {
            // The documented way to refuse it.
        }
        var changed = Differences(before, image);
        Assert.True(changed.Length <= 1, $"{changed.Length} bytes were changed.");
        Assert.All(changed, at => Assert.Equal(before[at] | 2, image[at]));
    }

    /// <summary>Where the flag lies, with some records before and behind it.</summary>
    private static readonly (int Start, int Length) VersionRecords = (
        FlagsOf(GlibcxxCure.MissingVersion) - 200,
        400
    );

    private static int[] Differences(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var found = new List<int>();
        for (var at = 0; at < after.Length; at++)
        {
            at += before[at..].CommonPrefixLength(after[at..]);
            if (at < after.Length)
                found.Add(at);
        }
        return [.. found];
    }

    /// <summary>The library as it was published: 'doctor --fix' may have cured the package folder's copy.</summary>
    private static byte[] UncuredLibrary()
    {
        var image = File.ReadAllBytes(PackagedLibrary());
        image[FlagsOf(GlibcxxCure.MissingVersion, image)] &= 0xfd;
        return image;
    }

    private static int FlagsOf(string version) => FlagsOf(version, Original);

    /// <summary>The one place where the hash of the version's name stands in a record; the flags are behind it.</summary>
    private static int FlagsOf(string version, byte[] image)
    {
        var hash = BitConverter.GetBytes(ElfHash(version));
        var at = Enumerable
            .Range(0, image.Length / 4)
            .Where(i => image.AsSpan(4 * i, 4).SequenceEqual(hash))
            .ToArray();
        return 4 * Assert.Single(at) + 4;
    }

    /// <summary>The hash function of the System V gABI, chapter 5.</summary>
    private static uint ElfHash(string name)
    {
        var h = 0u;
        foreach (var c in name)
        {
            h = (h << 4) + c;
            var g = h & 0xf0000000;
            h ^= g >> 24;
            h &= ~g;
        }
        return h;
    }

    private static string PackagedLibrary()
    {
        var packages =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget",
                "packages"
            );
        return Directory
            .GetFiles(
                Path.Combine(packages, "torchsharp"),
                "libLibTorchSharp.so",
                SearchOption.AllDirectories
            )
            .First(path => path.Contains("linux-x64", StringComparison.Ordinal));
    }
}
