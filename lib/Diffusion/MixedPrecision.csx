#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Computes a network's gradients in bfloat16 and keeps its weights in float32 (Micikevicius et al.
/// 2018, section 3.1): a step that is too small for 8 significant bits still counts.
/// </summary>
/// <remarks>bfloat16 has float32's range, so the loss needs no scaling.</remarks>
internal sealed class MixedPrecision : IDisposable
{
    private readonly Tensor[] weights;
    private readonly Tensor[] rounded;
    private readonly UNet twin;

    /// <param name="network">The weights that an optimiser changes, float32.</param>
    public MixedPrecision(UNet network)
    {
        twin = new UNet(network.Config);
        twin.to(network.Device).to(ScalarType.BFloat16);
        twin.train();
        weights = network.parameters().ToArray();
        rounded = twin.parameters().ToArray();
    }

    /// <summary>The network's prediction with weights rounded to bfloat16; starts with no gradients.</summary>
    /// <returns>float32, of <paramref name="x"/>'s shape.</returns>
    public Tensor Predict(Tensor x, Tensor timesteps, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (var (from, to) in weights.Zip(rounded))
                to.copy_(from);
        }
        twin.zero_grad();
        return twin.call(x.to(ScalarType.BFloat16), timesteps, labels)
            .to(ScalarType.Float32)
            .MoveToOuterDisposeScope();
    }

    /// <summary>After the backward pass: hands the gradients to the network's own weights.</summary>
    public void PassGradients()
    {
        using var gradients = no_grad();
        foreach (var (from, to) in rounded.Zip(weights))
        {
            using var gradient = from.grad;
            to.grad = gradient?.to(ScalarType.Float32).DetachFromDisposeScope();
        }
    }

    public void Dispose() => twin.Dispose();
}
