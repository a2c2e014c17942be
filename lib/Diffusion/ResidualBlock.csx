#nullable enable
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>How the embedding of timestep and class enters a residual block.</summary>
public enum EmbeddingMode
{
    /// <summary>h + shift: one number for each channel.</summary>
    Shift,

    /// <summary>h · (1 + scale) + shift: two numbers for each channel (Dhariwal and Nichol 2021, eq. 6).</summary>
    ScaleShift,
}

/// <summary>
/// Two convolutions whose result is added to what came in (He et al. 2016), with the embedding
/// mixed in between them.
/// </summary>
/// <remarks>
/// State-dict names: <c>norm1</c>, <c>conv1</c>, <c>emb_proj</c>, <c>norm2</c>, <c>conv2</c> and,
/// only where the number of channels changes, <c>conv3</c>.
/// </remarks>
public sealed class ResidualBlock : Module<Tensor, Tensor, Tensor>
{
    private readonly EmbeddingMode mode;
    private readonly Activation activation;
    private readonly GroupNorm norm1,
        norm2;
    private readonly Conv2d conv1,
        conv2;
    private readonly Conv2d? conv3;
    private readonly Linear emb_proj;

    /// <param name="inChannels">Channels that come in; a multiple of <paramref name="groups"/>.</param>
    /// <param name="outChannels">Channels that go out; a multiple of <paramref name="groups"/>.</param>
    /// <param name="embeddingWidth">Length of the embedding.</param>
    /// <param name="groups">Groups of the two normalisations.</param>
    /// <param name="mode">How the embedding enters.</param>
    /// <param name="startAsIdentity">The last convolution starts at zero, so that the block first changes nothing.</param>
    /// <param name="activation">The bend in front of each convolution.</param>
    public ResidualBlock(
        int inChannels,
        int outChannels,
        int embeddingWidth,
        int groups,
        EmbeddingMode mode = EmbeddingMode.Shift,
        bool startAsIdentity = false,
        Activation activation = Activation.ReLU
    )
        : base(nameof(ResidualBlock))
    {
        this.mode = mode;
        this.activation = activation;
        norm1 = GroupNorm(groups, inChannels, eps: UNetConfig.NormEpsilon);
        conv1 = Conv2d(inChannels, outChannels, kernel_size: 3, padding: 1, bias: false);
        emb_proj = Linear(
            embeddingWidth,
            mode == EmbeddingMode.ScaleShift ? 2 * outChannels : outChannels
        );
        norm2 = GroupNorm(groups, outChannels, eps: UNetConfig.NormEpsilon);
        conv2 = Conv2d(outChannels, outChannels, kernel_size: 3, padding: 1, bias: false);
        if (startAsIdentity)
            init.zeros_(conv2.weight);
        if (inChannels != outChannels)
            conv3 = Conv2d(inChannels, outChannels, kernel_size: 1);

        RegisterComponents();
    }

    /// <param name="x"><c>[B, inChannels, H, W]</c>.</param>
    /// <param name="embedding"><c>[B, embeddingWidth]</c>.</param>
    /// <returns><c>[B, outChannels, H, W]</c>.</returns>
    public override Tensor forward(Tensor x, Tensor embedding)
    {
        using var scope = NewDisposeScope();
        var h = conv1.call(ActivationFunction.Over(activation, norm1.call(x)));

        // [B, C] to [B, C, 1, 1]: one number for each channel, the same at every pixel.
        var mixed = emb_proj
            .call(ActivationFunction.Of(activation, embedding))
            .unsqueeze(-1)
            .unsqueeze(-1);
        if (mode == EmbeddingMode.ScaleShift)
        {
            var parts = mixed.chunk(2, dim: 1);
            h = h * (1 + parts[0]) + parts[1];
        }
        else
        {
            h = h + mixed;
        }

        h = conv2.call(ActivationFunction.Over(activation, norm2.call(h)));
        var passed = conv3 is null ? x : conv3.call(x);
        return (passed + h).MoveToOuterDisposeScope();
    }
}
