#nullable enable
using TorchSharp;
using static TorchSharp.torch;

/// <summary>The order in memory that convolutions on a CPU like best: all channels of a pixel side by side.</summary>
internal static class ChannelsLast
{
    /// <summary>The same images with channels last in memory; a copy where they are not.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    public static Tensor From(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3]);
        // Strides are written out: with a single channel both orders are the same bytes, and libtorch
        // would take it for channels first, with all that follows from it.
        return x.permute(0, 2, 3, 1)
            .contiguous()
            .as_strided(x.shape, [channels * height * width, 1, channels * width, channels])
            .MoveToOuterDisposeScope();
    }
}
