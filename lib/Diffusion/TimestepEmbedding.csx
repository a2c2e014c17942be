#nullable enable
using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>
/// Tells the network which timestep it sees: a clock with many hands of different speed, read by a
/// small two-layer network.
/// </summary>
/// <remarks>
/// The hands are those of the article: frequency k of K is π/2 · (10·T)^(−k/K). Its base of π/2
/// makes the first one cos(π·t/2), which is only ever 1, 0 or −1. The idea is that of Vaswani et al.
/// 2017, section 3.5. State-dict names: <c>layers.0</c>, <c>layers.2</c>.
/// </remarks>
public sealed class TimestepEmbedding : Module<Tensor, Tensor>
{
    private readonly int hands;
    private readonly int steps;
    private readonly Sequential layers;

    /// <param name="width">Length of the embedding; even numbers of at least 4.</param>
    /// <param name="steps">T, which sets the slowest hand's speed.</param>
    /// <param name="activation">The bend between its two layers.</param>
    public TimestepEmbedding(int width, int steps, Activation activation = Activation.ReLU)
        : base(nameof(TimestepEmbedding))
    {
        hands = width / 4;
        this.steps = steps;
        layers = Sequential(
            ("0", Linear(2 * hands, width)),
            ("1", ActivationFunction.Layer(activation)),
            ("2", Linear(width, width))
        );
        RegisterComponents();
    }

    /// <summary>The clock itself: cosines, then sines.</summary>
    /// <param name="timesteps">int64 <c>[B]</c>.</param>
    /// <param name="width">Numbers a timestep becomes; even.</param>
    /// <param name="steps">T.</param>
    /// <returns>
    /// float32 <c>[B, width]</c> in [−1, 1]. The angles are computed in double: at t = 1,000 float32
    /// would be off by up to 6e-5.
    /// </returns>
    public static Tensor Clock(Tensor timesteps, int width, int steps)
    {
        using var scope = NewDisposeScope();
        var k = arange(width / 2, dtype: ScalarType.Float64, device: timesteps.device);
        var frequencies = exp(k * (-Math.Log(10.0 * steps) / (width / 2))) * (Math.PI / 2);
        var angles = timesteps.to(ScalarType.Float64).unsqueeze(1) * frequencies; // [B, width / 2]
        return cat([angles.cos(), angles.sin()], dim: 1)
            .to(ScalarType.Float32)
            .MoveToOuterDisposeScope();
    }

    /// <param name="timesteps">int64 <c>[B]</c>.</param>
    /// <returns><c>[B, width]</c>.</returns>
    public override Tensor forward(Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        // The hands are exact; from here on the network computes in the precision of its weights.
        var clock = Clock(timesteps, 2 * hands, steps).to(layers.parameters().First().dtype);
        return layers.call(clock).MoveToOuterDisposeScope();
    }
}
