using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class FashionMnistTests
{
    private static readonly string Originals = Path.Combine(
        Repository.Root,
        "data",
        "fashion-mnist"
    );

    /// <summary>The publishers' own description: 6,000 and 1,000 images of each of ten classes.</summary>
    [Theory]
    [InlineData(true, 6_000)]
    [InlineData(false, 1_000)]
    public void Has_as_many_images_of_each_class_as_its_publishers_say(bool train, int each)
    {
        var data = train ? RealPictures.Train : RealPictures.Test;
        Assert.Equal([10 * each, 1, 32, 32], data.Images.shape);
        Assert.Equal(ScalarType.Float32, data.Images.dtype);
        Assert.Equal(ScalarType.Int64, data.Labels.dtype);
        Assert.Equal(10 * each, data.Count);
        Assert.Equal(Enumerable.Repeat((double)each, 10), data.Labels.bincount(null, 10).Values());
        Assert.Equal(10, FashionMnist.ClassNames.Count);
    }

    /// <summary>Mean and deviation that every course on this data set quotes: 0.2860 and 0.3530 of 0 … 1.</summary>
    [Fact]
    public void Pixels_have_the_known_mean_and_deviation()
    {
        var data = RealPictures.Train;
        using var inner = data.Images.narrow(2, 2, 28).narrow(3, 2, 28).add(1).div(2);
        Assert.Equal(0.2860, inner.mean().item<float>(), 5e-5);
        Assert.Equal(0.3530, inner.std().item<float>(), 5e-5);
    }

    [Fact]
    public void Each_pixel_is_the_files_byte_inside_a_black_border()
    {
        var data = RealPictures.Test;
        using var stream = new GZipStream(
            File.OpenRead(Path.Combine(Originals, "t10k-images-idx3-ubyte.gz")),
            CompressionMode.Decompress
        );
        var bytes = new byte[16 + 28 * 28 * 10_000];
        stream.ReadExactly(bytes);
        foreach (var image in new[] { 0, 1, 4_999, 9_999 })
        {
            var pixels = data.Images[image].Values();
            for (var (y, x) = (0, 0); y < 32; (y, x) = x == 31 ? (y + 1, 0) : (y, x + 1))
            {
                var inside = y is >= 2 and < 30 && x is >= 2 and < 30;
                var expected = inside
                    ? bytes[16 + 784 * image + 28 * (y - 2) + x - 2] / 255.0 * 2 - 1
                    : -1;
                Assert.Equal(expected, pixels[32 * y + x], 1e-6);
            }
        }
        Assert.Equal(-1, data.Images.min().item<float>());
        Assert.Equal(1, data.Images.max().item<float>());
    }

    [Fact]
    public void Labels_come_in_the_files_order()
    {
        var data = RealPictures.Train;
        double[] first = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5];
        Assert.Equal(first, data.Labels.narrow(0, 0, 10).Values());
    }

    [Fact]
    public void A_class_has_its_images_in_their_order()
    {
        var data = RealPictures.Test;
        var boots = data.OfClass(9);
        Assert.Equal([1_000, 1, 32, 32], boots.shape);
        Assert.Equal("Ankle boot", FashionMnist.ClassNames[9]);
        var first = Array.IndexOf(data.Labels.Values(), 9.0);
        Assert.Equal(data.Images[first].Values(), boots[0].Values());
        Assert.Throws<ArgumentOutOfRangeException>(() => data.OfClass(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.OfClass(-1));
    }

    [Fact]
    public void Loading_leaves_nothing_behind()
    {
        var before = LiveTensors.Count();
        using (var data = FashionMnist.Test())
            data.OfClass(3).Dispose();
        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void Shows_itself_in_a_line()
    {
        var data = RealPictures.Test;
        Assert.Equal(
            "FashionMnist: 10,000 images of [1, 32, 32] in [-1, 1], 10 classes",
            data.ToString()
        );
        Assert.InRange(data.ToHtml().Length, 1, 200);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "SHA256SUMS",
            Assert.Throws<FileNotFoundException>(() => FashionMnist.Test(folder.Location)).Message
        );
        CopyTo(folder);
        File.Delete(folder.File(Images));
        Assert.Contains(
            Images,
            Assert.Throws<FileNotFoundException>(() => FashionMnist.Test(folder.Location)).Message
        );
    }

    public static IEnumerable<TheoryDataRow<string, string, Func<byte[], byte[]>>> Damages =>
        from name in new[] { Images, Labels }
        from damage in new (string Name, Func<byte[], byte[]> Do)[]
        {
            ("a changed bit", bytes => [.. bytes[..5], (byte)(bytes[5] ^ 1), .. bytes[6..]]),
            ("a missing byte", bytes => bytes[..^1]),
            ("a byte too many", bytes => [.. bytes, 0]),
            ("nothing", _ => []),
            ("64 megabytes", _ => new byte[64_000_001]),
        }
        select new TheoryDataRow<string, string, Func<byte[], byte[]>>(
            name,
            damage.Name,
            damage.Do
        ).WithTestDisplayName($"A damaged file is refused: {name}, {damage.Name}");

    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public void A_damaged_file_is_refused(string name, string damage, Func<byte[], byte[]> with)
    {
        _ = damage;
        using var folder = new TemporaryFolder();
        CopyTo(folder);
        File.WriteAllBytes(folder.File(name), with(File.ReadAllBytes(folder.File(name))));
        var error = Assert.Throws<InvalidDataException>(() => FashionMnist.Test(folder.Location));
        Assert.Contains(name, error.Message);
        Assert.Contains("git checkout", error.Message);
    }

    /// <summary>Whoever changes the checksums too is still told what is wrong with the content.</summary>
    [Fact]
    public void A_file_with_another_header_is_refused_though_its_checksum_is_right()
    {
        using var folder = new TemporaryFolder();
        CopyTo(folder);
        File.Copy(folder.File(Labels), folder.File(Images), overwrite: true);
        File.WriteAllLines(
            folder.File("SHA256SUMS"),
            new[] { Images, Labels }.Select(name =>
                $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.File(name))))}  {name}"
            )
        );
        Assert.Contains(
            "10000x28x28",
            Assert.Throws<InvalidDataException>(() => FashionMnist.Test(folder.Location)).Message
        );
    }

    private const string Images = "t10k-images-idx3-ubyte.gz";
    private const string Labels = "t10k-labels-idx1-ubyte.gz";

    private static void CopyTo(TemporaryFolder folder)
    {
        foreach (var name in new[] { "SHA256SUMS", Images, Labels })
            File.Copy(Path.Combine(Originals, name), folder.File(name));
    }
}
