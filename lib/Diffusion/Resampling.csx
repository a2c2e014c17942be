#nullable enable
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>Halves height and width: a strided convolution beside an average, added.</summary>
/// <remarks>
/// Both paths start from the activated tensor, as in the article: nothing passes unchanged.
/// State-dict names: <c>conv1</c>, <c>conv2</c>, <c>conv3</c>, <c>norm1</c>, <c>norm2</c>.
/// </remarks>
public sealed class Downsample : Module<Tensor, Tensor>
{
    private readonly Activation activation;
    private readonly GroupNorm norm1,
        norm2;
    private readonly Conv2d conv1,
        conv2,
        conv3;

    /// <param name="inChannels">Channels that come in; a multiple of <paramref name="groups"/>.</param>
    /// <param name="outChannels">Channels that go out; a multiple of <paramref name="groups"/>.</param>
    /// <param name="groups">Groups of the two normalisations.</param>
    /// <param name="activation">The bend behind each normalisation.</param>
    public Downsample(
        int inChannels,
        int outChannels,
        int groups,
        Activation activation = Activation.ReLU
    )
        : base(nameof(Downsample))
    {
        this.activation = activation;
        conv1 = Conv2d(inChannels, outChannels, 3, stride: 2, padding: 1, bias: false);
        conv2 = Conv2d(outChannels, outChannels, 3, padding: 1, bias: false);
        conv3 = Conv2d(inChannels, outChannels, 1, bias: false);
        norm1 = GroupNorm(groups, inChannels, eps: UNetConfig.NormEpsilon);
        norm2 = GroupNorm(groups, outChannels, eps: UNetConfig.NormEpsilon);
        init.zeros_(conv2.weight); // at first only the average counts

        RegisterComponents();
    }

    /// <param name="x"><c>[B, inChannels, H, W]</c>, H and W even.</param>
    /// <returns><c>[B, outChannels, H/2, W/2]</c>.</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var activated = ActivationFunction.Over(activation, norm1.call(x));
        var convolved = conv2.call(
            ActivationFunction.Over(activation, norm2.call(conv1.call(activated)))
        );
        var averaged = conv3.call(functional.avg_pool2d(activated, 2, 2));
        return (convolved + averaged).MoveToOuterDisposeScope();
    }
}

/// <summary>Doubles height and width: bilinear interpolation, then a convolution.</summary>
/// <remarks>State-dict name: <c>conv</c>.</remarks>
public sealed class Upsample : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;

    public Upsample(int inChannels, int outChannels)
        : base(nameof(Upsample))
    {
        conv = Conv2d(inChannels, outChannels, 3, padding: 1);
        RegisterComponents();
    }

    /// <param name="x"><c>[B, inChannels, H, W]</c>.</param>
    /// <returns><c>[B, outChannels, 2H, 2W]</c>.</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var larger = functional.interpolate(
            // Channels first, libtorch gives a GPU one thread for each pixel, which goes through all images and channels.
            x.is_cuda
                ? ChannelsLast.From(x)
                : x,
            scale_factor: [2.0, 2.0],
            mode: InterpolationMode.Bilinear,
            align_corners: false
        );
        return conv.call(larger).MoveToOuterDisposeScope();
    }
}
