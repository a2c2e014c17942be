using System;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class ImagesTests
{
    [Fact]
    public void Every_byte_survives_the_way_there_and_back()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        using var floats = Images.FromBytes(tensor(bytes));
        Assert.Equal(bytes.Select(b => b / 255.0 * 2 - 1), floats.Values(), Within(1e-6));
        Assert.Equal(bytes, Images.ToBytes(floats).data<byte>().ToArray());
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(1, 255)]
    [InlineData(-5, 0)]
    [InlineData(7, 255)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.PositiveInfinity, 255)]
    [InlineData(float.NaN, 0)]
    [InlineData(2 * 100.4f / 255 - 1, 100)]
    [InlineData(2 * 100.6f / 255 - 1, 101)]
    public void Bytes_are_rounded_and_clamped(float value, byte expected) =>
        Assert.Equal(expected, Images.ToBytes(tensor(value)).item<byte>());

    [Theory]
    [InlineData(1, 5, 3)]
    [InlineData(3, 4, 2)]
    [InlineData(3, 1, 1)]
    public void Images_lie_in_one_picture_where_the_layout_says(
        int channels,
        int count,
        int columns
    )
    {
        var bytes = randint(0, 256, [count, channels, 6, 4], dtype: ScalarType.Byte);
        var layout = GridLayout.Of(Images.FromBytes(bytes), columns, labelled: false);
        var sheet = Images.Stitch(Images.FromBytes(bytes), layout);
        Assert.Equal(layout.Width * layout.Height * 4, sheet.Length);
        var opaque = 0;
        for (var i = 0; i < count; i++)
        for (var y = 0; y < 6; y++)
        for (var x = 0; x < 4; x++)
        {
            var (left, top) = layout.Corner(i);
            var at = 4 * ((top + y) * layout.Width + left + x);
            for (var c = 0; c < 3; c++)
                Assert.Equal(bytes[i, channels == 1 ? 0 : c, y, x].item<byte>(), sheet[at + c]);
            Assert.Equal(255, sheet[at + 3]);
            opaque++;
        }
        // All other pixels are clear.
        Assert.Equal(opaque, sheet.Where((_, i) => i % 4 == 3).Count(alpha => alpha != 0));
    }

    [Fact]
    public void A_layout_needs_images()
    {
        foreach (long[] shape in new long[][] { [3, 4, 4], [0, 1, 4, 4], [2, 2, 4, 4], [4, 4] })
            Assert.Throws<ArgumentException>(() => GridLayout.Of(zeros(shape), 2, false));
        Assert.Throws<ArgumentException>(() => GridLayout.Of(zeros(1, 1, 4, 4), -1, false));
    }

    private static Func<double, double, bool> Within(double tolerance) =>
        (a, b) => Math.Abs(a - b) <= tolerance;
}
