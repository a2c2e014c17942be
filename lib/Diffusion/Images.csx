#nullable enable
using System;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>From a network's numbers to pixels and back.</summary>
public static class Images
{
    /// <summary>[−1, 1] to 0 … 255, rounded; what lies outside becomes 0 or 255, and NaN becomes 0.</summary>
    /// <param name="images">float of any shape.</param>
    /// <returns>uint8 of the same shape, on the CPU.</returns>
    public static Tensor ToBytes(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        return ((images.cpu().to(ScalarType.Float32) + 1) * 127.5)
            .nan_to_num(0)
            .round()
            .clamp(0, 255)
            .to(ScalarType.Byte)
            .MoveToOuterDisposeScope();
    }

    /// <summary>0 … 255 to [−1, 1].</summary>
    /// <param name="pixels">uint8 of any shape.</param>
    /// <returns>float32 of the same shape.</returns>
    public static Tensor FromBytes(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return (pixels.to(ScalarType.Float32) / 127.5 - 1).MoveToOuterDisposeScope();
    }

    /// <summary>A batch as one picture of red, green, blue and alpha, with clear gaps between the images.</summary>
    /// <param name="images">float <c>[N, C, H, W]</c> in [−1, 1], C = 1 or 3.</param>
    /// <param name="layout">Where each image goes.</param>
    /// <returns>4 bytes a pixel, row by row.</returns>
    public static byte[] Stitch(Tensor images, GridLayout layout)
    {
        using var scope = NewDisposeScope();
        var bytes = ToBytes(images).expand(-1, 3, -1, -1);
        var opaque = cat([bytes, full_like(bytes.narrow(1, 0, 1), 255)], dim: 1); // [N, 4, H, W]
        var sheet = zeros([layout.Height, layout.Width, 4], dtype: ScalarType.Byte);
        for (var i = 0; i < layout.Count; i++)
        {
            var (x, y) = layout.Corner(i);
            sheet
                .narrow(0, y, layout.ImageHeight)
                .narrow(1, x, layout.ImageWidth)
                .copy_(opaque[i].permute(1, 2, 0));
        }
        return sheet.data<byte>().ToArray();
    }
}

/// <summary>Where the images of a batch lie in one picture.</summary>
/// <param name="Count">Images.</param>
/// <param name="Columns">Images a row.</param>
/// <param name="ImageWidth">Pixels.</param>
/// <param name="ImageHeight">Pixels.</param>
/// <param name="LabelHeight">Pixels kept free above each image for a label.</param>
public sealed record GridLayout(
    int Count,
    int Columns,
    int ImageWidth,
    int ImageHeight,
    int LabelHeight = 0
)
{
    private const int Gap = 2;

    public int Rows => (Count + Columns - 1) / Columns;

    public int Width => Columns * (ImageWidth + Gap) - Gap;

    public int Height => Rows * (ImageHeight + LabelHeight + Gap) - Gap;

    /// <summary>The upper left pixel of image i.</summary>
    public (int X, int Y) Corner(int i) =>
        (
            i % Columns * (ImageWidth + Gap),
            i / Columns * (ImageHeight + LabelHeight + Gap) + LabelHeight
        );

    /// <summary>The layout of a batch.</summary>
    /// <param name="images"><c>[N, C, H, W]</c>, C = 1 or 3.</param>
    /// <param name="columns">Images a row; 0 chooses: one row up to eight images, then eight or ten a row.</param>
    /// <exception cref="ArgumentException">The tensor is no batch of images.</exception>
    public static GridLayout Of(Tensor images, int columns, bool labelled)
    {
        if (images.dim() != 4 || images.shape[0] == 0 || images.shape[1] is not (1 or 3))
            throw new ArgumentException(
                $"A figure of images needs a tensor of shape [N, 1 or 3, H, W] with at least one image, but got [{string.Join(", ", images.shape)}].",
                nameof(images)
            );
        var count = (int)images.shape[0];
        if (columns < 0)
            throw new ArgumentException(
                $"A grid of {columns} columns cannot be drawn.",
                nameof(columns)
            );
        if (columns == 0)
            columns = count % 10 == 0 ? 10 : 8;
        var (height, width) = ((int)images.shape[2], (int)images.shape[3]);
        columns = Math.Min(columns, count);
        // A label is a quarter of an image high, whatever the image's resolution, and more in a wide grid:
        // that is shrunk on a phone, where a label needs a thirtieth of the width.
        var label = Math.Max(Math.Max(height / 4, 4), (columns * (width + Gap) + 29) / 30);
        return new GridLayout(count, columns, width, height, labelled ? label : 0);
    }
}
