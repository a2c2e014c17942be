#nullable enable
using System.Collections.Generic;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>One level of the way down: residual blocks at one resolution, then a halving.</summary>
/// <remarks>
/// Every result is put aside for the way up. The blocks start as the identity.
/// State-dict names: <c>res_blocks.i</c>, <c>downsample_blocks.0</c>.
/// </remarks>
public sealed class DownLevel : Module
{
    private readonly ModuleList<ResidualBlock> res_blocks = new();
    private readonly ModuleList<Downsample> downsample_blocks = new();

    /// <param name="width">Channels at which the blocks run.</param>
    /// <param name="nextWidth">Channels behind the halving; null on the innermost level, which has none.</param>
    public DownLevel(
        int width,
        int? nextWidth,
        int blockCount,
        int embeddingWidth,
        int groups,
        EmbeddingMode mode,
        Activation activation = Activation.ReLU
    )
        : base(nameof(DownLevel))
    {
        for (var i = 0; i < blockCount; i++)
            res_blocks.Add(
                new ResidualBlock(
                    width,
                    width,
                    embeddingWidth,
                    groups,
                    mode,
                    startAsIdentity: true,
                    activation
                )
            );
        if (nextWidth is int next)
            downsample_blocks.Add(new Downsample(width, next, groups, activation));
        RegisterComponents();
    }

    /// <param name="h"><c>[B, width, H, W]</c>.</param>
    /// <param name="embedding"><c>[B, embeddingWidth]</c>.</param>
    /// <param name="skips">Receives the result of every block and of the halving.</param>
    /// <returns><c>[B, nextWidth, H/2, W/2]</c>, or the blocks' result on the innermost level.</returns>
    public Tensor Walk(Tensor h, Tensor embedding, Stack<Tensor> skips)
    {
        foreach (var block in res_blocks)
            skips.Push(h = block.call(h, embedding));
        foreach (var half in downsample_blocks)
            skips.Push(h = half.call(h));
        return h;
    }
}

/// <summary>One level of the way up: residual blocks that each take back one skip, then a doubling.</summary>
/// <remarks>State-dict names: <c>res_blocks.i</c>, <c>upsample_blocks.0</c>.</remarks>
public sealed class UpLevel : Module
{
    private readonly ModuleList<ResidualBlock> res_blocks = new();
    private readonly ModuleList<Upsample> upsample_blocks = new();

    /// <param name="width">Channels that come from below, and at which the blocks run.</param>
    /// <param name="skipWidth">Channels of the skips, and behind the doubling.</param>
    /// <param name="doubles">Whether a doubling follows: everywhere but on the outermost level.</param>
    public UpLevel(
        int width,
        int skipWidth,
        bool doubles,
        int blockCount,
        int embeddingWidth,
        int groups,
        EmbeddingMode mode,
        Activation activation = Activation.ReLU
    )
        : base(nameof(UpLevel))
    {
        for (var i = 0; i < blockCount; i++)
            res_blocks.Add(
                new ResidualBlock(
                    width + skipWidth,
                    width,
                    embeddingWidth,
                    groups,
                    mode,
                    activation: activation
                )
            );
        if (doubles)
            upsample_blocks.Add(new Upsample(width, skipWidth));
        RegisterComponents();
    }

    /// <param name="h"><c>[B, width, H, W]</c>.</param>
    /// <param name="embedding"><c>[B, embeddingWidth]</c>.</param>
    /// <param name="skips">Gives back what the way down put aside, the latest first.</param>
    /// <returns><c>[B, skipWidth, 2H, 2W]</c>, or the blocks' result on the outermost level.</returns>
    public Tensor Walk(Tensor h, Tensor embedding, Stack<Tensor> skips)
    {
        foreach (var block in res_blocks)
            h = block.call(cat([h, skips.Pop()], dim: 1), embedding);
        foreach (var twice in upsample_blocks)
            h = twice.call(h);
        return h;
    }
}
