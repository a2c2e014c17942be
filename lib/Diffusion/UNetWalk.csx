#nullable enable
using System.Collections.Generic;

/// <summary>What a <see cref="UNet"/> consists of, for programs that are written from it.</summary>
/// <remarks>Values are names of variables in the program's text; layers are names of the state dict.</remarks>
internal interface IUNetProgram
{
    /// <summary>Whether the network has this layer.</summary>
    bool Has(string layer);

    string Convolution(string layer, string x, int stride = 1);

    /// <summary>A convolution whose result is added to <paramref name="other"/>.</summary>
    string ConvolutionPlus(string layer, string x, string other);

    /// <summary>The first convolution of a residual block, with the embedding mixed in.</summary>
    string MixedConvolution(string block, string x);

    /// <summary>Group normalisation, then the network's activation.</summary>
    string Activated(string layer, string x);

    /// <summary>Both tensors' channels in one.</summary>
    string Joined(string x, string skip);

    /// <summary>Averages of 2x2 pixels.</summary>
    string Halved(string x);

    /// <summary>Bilinear interpolation to twice the height and width.</summary>
    string Doubled(string x);
}

/// <summary>Operations without weights, which all programs write alike.</summary>
internal static class UNetText
{
    /// <summary>Window, stride and padding of the averages of 2x2 pixels, and what libtorch takes besides.</summary>
    public const string Window = "[2, 2], [2, 2], [0, 0], False, True, None";

    public static string Joined(string x, string skip) => $"torch.cat([{x}, {skip}], 1)";

    public static string Halved(string x) => $"torch.avg_pool2d({x}, {Window})";

    public static string Doubled(string x) =>
        $"torch.upsample_bilinear2d({x}, [torch.mul(torch.size({x}, 2), 2), torch.mul(torch.size({x}, 3), 2)], False, None, None)";
}

/// <summary>The one place that says again in which order <see cref="UNet"/> calls its layers.</summary>
internal static class UNetWalk
{
    /// <returns>The value that the network returns.</returns>
    public static string Through(UNetConfig config, IUNetProgram program, string x)
    {
        var halvings = config.Channels.Count;
        var h = program.Convolution("conv_in.0", x);
        var skips = new Stack<string>([h]);
        for (var level = 0; level <= halvings; level++)
        {
            for (var block = 0; block < config.BlocksPerLevel; block++)
                skips.Push(h = Residual($"down_blocks.{level}.res_blocks.{block}", h));
            if (level < halvings)
                skips.Push(h = Halving($"down_blocks.{level}.downsample_blocks.0", h));
        }
        for (var level = 0; level <= halvings; level++)
        {
            for (var block = 0; block <= config.BlocksPerLevel; block++)
                h = Residual(
                    $"up_blocks.{level}.res_blocks.{block}",
                    program.Joined(h, skips.Pop())
                );
            if (level < halvings)
                h = program.Convolution(
                    $"up_blocks.{level}.upsample_blocks.0.conv",
                    program.Doubled(h)
                );
        }
        return program.Convolution("conv_out.2", program.Activated("conv_out.0", h));

        // See ResidualBlock.
        string Residual(string name, string x)
        {
            var g = program.MixedConvolution(name, program.Activated(name + ".norm1", x));
            var passed = program.Has(name + ".conv3") ? program.Convolution(name + ".conv3", x) : x;
            return program.ConvolutionPlus(
                name + ".conv2",
                program.Activated(name + ".norm2", g),
                passed
            );
        }

        // See Downsample.
        string Halving(string name, string x)
        {
            var activated = program.Activated(name + ".norm1", x);
            var averaged = program.Convolution(name + ".conv3", program.Halved(activated));
            var g = program.Convolution(name + ".conv1", activated, stride: 2);
            return program.ConvolutionPlus(
                name + ".conv2",
                program.Activated(name + ".norm2", g),
                averaged
            );
        }
    }
}
