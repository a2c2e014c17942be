#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>Draws a network's first weights from one seed, and puts it where networks live: <see cref="Host.Device"/>.</summary>
/// <remarks>
/// The distributions are PyTorch's own: convolutions and linear layers uniform in ±1/√fan-in,
/// embeddings standard normal, normalisations 1 and 0. Drawn here again, because PyTorch would take
/// them from the process-wide generator, and then a network would depend on what ran before it.
/// </remarks>
public static class StartingWeights
{
    /// <param name="network">
    /// Convolutions that are all zero stay zero: they were set so, to begin as the identity.
    /// </param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static void Draw(Module network, long seed)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var module in network.modules())
        {
            switch (module)
            {
                case TorchSharp.Modules.Conv2d conv:
                    Uniform(conv.weight, conv.bias, generator);
                    break;
                case TorchSharp.Modules.Linear linear:
                    Uniform(linear.weight, linear.bias, generator);
                    break;
                case TorchSharp.Modules.GroupNorm norm:
                    // Not left to the constructor: TorchSharp 0.107.0 hands out uninitialised memory.
                    norm.weight!.fill_(1);
                    norm.bias!.fill_(0);
                    break;
                case TorchSharp.Modules.Embedding embedding:
                    embedding.weight!.copy_(randn(embedding.weight.shape, generator: generator));
                    break;
            }
        }
        if (Host.Device.type != DeviceType.CPU)
            network.to(Host.Device);
    }

    private static void Uniform(Tensor weight, Tensor? bias, Generator generator)
    {
        var bound = 1 / Math.Sqrt(weight.shape.Skip(1).Aggregate(1L, (product, n) => product * n));
        Tensor Draw(Tensor like) => (rand(like.shape, generator: generator) * 2 - 1) * bound;
        if (weight.count_nonzero().item<long>() > 0)
            weight.copy_(Draw(weight));
        if (bias is not null)
            bias.copy_(Draw(bias));
    }
}
