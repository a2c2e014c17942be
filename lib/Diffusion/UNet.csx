#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>The shape of a <see cref="UNet"/>. The defaults are the article's.</summary>
public sealed record UNetConfig
{
    /// <summary>What all normalisations add to the variance, as in the article.</summary>
    public const double NormEpsilon = 1e-6;

    /// <summary>Channels of the images: 1 for grey, 3 for colour.</summary>
    public int ImageChannels { get; init; } = 1;

    /// <summary>
    /// Channels behind each halving of the image. With 32, 64, 128 the residual blocks run at
    /// 32, 32, 64 and 128 channels on 32, 16, 8 and 4 pixels: a level runs at the width it was
    /// entered with, and the halving widens.
    /// </summary>
    public IReadOnlyList<int> Channels { get; init; } = [32, 64, 128];

    /// <summary>T, the largest timestep the network will see.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Residual blocks a level on the way down; the way up has one more.</summary>
    public int BlocksPerLevel { get; init; } = 2;

    /// <summary>Groups of all normalisations; a quarter of the first width where nothing is said.</summary>
    public int? NormGroups { get; init; }

    /// <summary>Groups of all normalisations, said or not.</summary>
    internal int Groups => NormGroups ?? (Channels.Count > 0 ? Channels[0] / 4 : 0);

    /// <summary>How timestep and class enter the residual blocks.</summary>
    public EmbeddingMode Embedding { get; init; } = EmbeddingMode.Shift;

    /// <summary>Labels that the network knows, the null label included; null for a network without classes.</summary>
    public int? Classes { get; init; }

    /// <summary>The bend between all layers.</summary>
    public Activation Activation { get; init; }

    /// <summary>What the network says of a noisy image. The predictors turn it into noise for the samplers.</summary>
    public Prediction Prediction { get; init; }

    /// <summary>Whether the last convolution starts at 0, so that training starts from a loss of the target's variance.</summary>
    public bool StartsAtZero { get; init; }

    /// <summary>Length of the timestep's embedding.</summary>
    public int TimeWidth => 4 * Channels[0];

    /// <summary>Length of the class's embedding; 0 without classes.</summary>
    public int ClassWidth => Classes is null ? 0 : TimeWidth / 4;

    /// <summary>Height and width must be a multiple of this: 8 for three halvings.</summary>
    public int SizeMultiple => 1 << Channels.Count;
}

/// <summary>
/// The network that predicts the noise in an image: a U-Net (Ronneberger et al. 2015) of residual
/// blocks that know the timestep, as in DDPM (Ho et al. 2020, appendix B), without attention.
/// </summary>
/// <remarks>
/// TorchSharp enters a module into the state dict under its field's name. In this and the other
/// modules the fields are therefore called as the article's are, so that weights travel to and
/// from PyTorch.
/// </remarks>
public sealed class UNet : Module<Tensor, Tensor, Tensor?, Tensor>
{
    private readonly TimestepEmbedding temb_module;
    private readonly Embedding? cemb_module;
    private readonly Sequential conv_in;
    private readonly ModuleList<DownLevel> down_blocks = new();
    private readonly ModuleList<UpLevel> up_blocks = new();
    private readonly Sequential conv_out;
    private readonly Dictionary<ScalarType, CompiledUNet> compiled = [];

    /// <param name="config">The network's shape.</param>
    /// <param name="seed">Where the starting weights come from: the same seed gives the same weights.</param>
    /// <exception cref="ArgumentException">The configuration contradicts itself.</exception>
    public UNet(UNetConfig config, long seed = 0)
        : base(nameof(UNet))
    {
        Config = Validated(config);
        var groups = config.Groups;
        var embedding = config.TimeWidth + config.ClassWidth;
        // Widths from the image inwards. The innermost level keeps the last width.
        int[] widths = [.. config.Channels, config.Channels[^1]];

        temb_module = new TimestepEmbedding(config.TimeWidth, config.Steps, config.Activation);
        if (config.Classes is int count)
            cemb_module = nn.Embedding(count, config.ClassWidth);
        conv_in = Sequential(("0", Conv2d(config.ImageChannels, widths[0], 3, padding: 1)));
        for (var i = 0; i < widths.Length; i++)
            down_blocks.Add(
                new DownLevel(
                    widths[Math.Max(i - 1, 0)],
                    i == widths.Length - 1 ? null : widths[i],
                    config.BlocksPerLevel,
                    embedding,
                    groups,
                    config.Embedding,
                    config.Activation
                )
            );
        for (var i = widths.Length - 1; i >= 0; i--)
            up_blocks.Add(
                new UpLevel(
                    widths[i],
                    skipWidth: widths[Math.Max(i - 1, 0)],
                    doubles: i > 0,
                    config.BlocksPerLevel + 1,
                    embedding,
                    groups,
                    config.Embedding,
                    config.Activation
                )
            );
        conv_out = Sequential(
            ("0", GroupNorm(groups, widths[0], eps: UNetConfig.NormEpsilon)),
            ("1", ActivationFunction.Layer(config.Activation)),
            ("2", Conv2d(widths[0], config.ImageChannels, 3, padding: 1))
        );

        RegisterComponents();
        StartingWeights.Draw(this, seed);
        if (config.StartsAtZero)
            foreach (var last in conv_out.parameters().TakeLast(2))
                init.zeros_(last);
    }

    /// <summary>The network's shape.</summary>
    public UNetConfig Config { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device => parameters().First().device;

    /// <summary>Number of trainable numbers.</summary>
    public long ParameterCount => parameters().Sum(p => p.numel());

    /// <summary>The noise that the network sees in <paramref name="x"/>.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>, float32, H and W multiples of 8 (for three halvings).</param>
    /// <param name="timesteps">int64 <c>[B]</c>.</param>
    /// <param name="labels">int64 <c>[B]</c> for a network with classes, null for one without.</param>
    /// <returns><c>[B, C, H, W]</c>.</returns>
    /// <exception cref="ArgumentException">A shape or type does not fit; the message says which.</exception>
    public override Tensor forward(Tensor x, Tensor timesteps, Tensor? labels = null)
    {
        Require(x, timesteps, labels);
        using var scope = NewDisposeScope();
        var embedding = Embed(timesteps, labels);
        var h = conv_in.call(x);
        var skips = new Stack<Tensor>();
        skips.Push(h);
        foreach (var level in down_blocks)
            h = level.Walk(h, embedding, skips);
        foreach (var level in up_blocks)
            h = level.Walk(h, embedding, skips);
        return conv_out.call(h).MoveToOuterDisposeScope();
    }

    /// <summary>The form for sampling on a CPU, made once: see <see cref="CompiledUNet"/>.</summary>
    internal CompiledUNet Compiled(ScalarType precision)
    {
        if (!compiled.TryGetValue(precision, out var form))
            compiled[precision] = form = new CompiledUNet(this, precision);
        return form;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var form in compiled.Values)
                form.Dispose();
            compiled.Clear();
        }
        base.Dispose(disposing);
    }

    /// <summary>Timestep and class as the residual blocks get them.</summary>
    /// <returns><c>[B, TimeWidth + ClassWidth]</c>.</returns>
    internal Tensor Embed(Tensor timesteps, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var embedding = EmbedTime(timesteps);
        if (EmbedClass(labels) is Tensor byClass)
            embedding = cat([embedding, byClass], dim: 1);
        return embedding.MoveToOuterDisposeScope();
    }

    /// <summary>The class's share of it; null for a network without classes.</summary>
    /// <returns><c>[B, ClassWidth]</c>.</returns>
    internal Tensor? EmbedClass(Tensor? labels) => cemb_module?.call(labels!);

    /// <summary>The timestep's share of it.</summary>
    /// <returns><c>[B, TimeWidth]</c>.</returns>
    internal Tensor EmbedTime(Tensor timesteps) => temb_module.call(timesteps);

    private static UNetConfig Validated(UNetConfig config)
    {
        var groups = config.Groups;
        if (config.Channels.Count == 0 || groups < 1 || config.Channels.Any(c => c % groups != 0))
            throw new ArgumentException(
                $"Channels [{string.Join(", ", config.Channels)}] with {groups} normalisation groups: there must be at least one width, and each a multiple of the groups.",
                nameof(config)
            );
        if (config.BlocksPerLevel < 1 || config.Steps < 1 || config.ImageChannels < 1)
            throw new ArgumentException(
                $"A U-Net needs at least one block a level, one step and one image channel, but has {config.BlocksPerLevel}, {config.Steps} and {config.ImageChannels}.",
                nameof(config)
            );
        if (config.Classes < 1)
            throw new ArgumentException(
                $"A network with {config.Classes} classes is asked for: give at least one, or null for a network without classes.",
                nameof(config)
            );
        // A caller's list may change later; the network's must not.
        return config with { Channels = [.. config.Channels] };
    }

    /// <summary>Refuses what does not fit this network.</summary>
    internal void Require(Tensor x, Tensor timesteps, Tensor? labels)
    {
        RequireFit(x, labels);
        if (timesteps is null)
            throw new ArgumentException(
                "The timesteps are missing: this network cannot judge an image without knowing how noisy it is.",
                nameof(timesteps)
            );
        if (
            timesteps.dtype != ScalarType.Int64
            || timesteps.dim() != 1
            || timesteps.shape[0] != x.shape[0]
        )
            throw new ArgumentException(
                $"Timesteps must be int64 of shape [{x.shape[0]}], one for each image, but are {timesteps.dtype} of shape {Shape(timesteps)}.",
                nameof(timesteps)
            );
        if (labels is not null && labels.numel() > 0)
            Conditional.RequireLabels(labels, Config.Classes!.Value);
    }

    /// <summary>The same where one timestep is meant for all images.</summary>
    internal void RequireFit(Tensor x, Tensor? labels)
    {
        var multiple = Config.SizeMultiple;
        if (
            x.dim() != 4
            || x.shape[1] != Config.ImageChannels
            || x.shape[2] % multiple != 0
            || x.shape[3] % multiple != 0
        )
            throw new ArgumentException(
                $"Images of shape {Shape(x)} do not fit: this network takes [B, {Config.ImageChannels}, H, W] with H and W multiples of {multiple}; pad 28x28 images to 32x32.",
                nameof(x)
            );
        if (Config.Classes is null)
        {
            if (labels is not null)
                throw new ArgumentException(
                    "This network was made without classes, so it takes no labels.",
                    nameof(labels)
                );
        }
        else if (
            labels is null
            || labels.dtype != ScalarType.Int64
            || labels.dim() != 1
            || labels.shape[0] != x.shape[0]
        )
            throw new ArgumentException(
                $"This network knows {Config.Classes} labels and needs int64 labels of shape [{x.shape[0]}], one for each image, but got {(labels is null ? "none" : $"{labels.dtype} of shape {Shape(labels)}")}.",
                nameof(labels)
            );
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
