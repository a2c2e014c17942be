#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// A running average of a network's weights (EMA). The weights jump about with each batch; their
/// average makes better images (Song and Ermon 2020, Improved Techniques, section 3.5).
/// </summary>
/// <remarks>
/// average ← d · average + (1 − d) · weights, with d = min(decay, (1 + n)/(10 + n)) in step n: an
/// average that starts at random weights would otherwise remember them for thousands of steps (the
/// rule is that of TensorFlow's ExponentialMovingAverage).
/// </remarks>
public sealed class WeightsAverage : IDisposable
{
    // All weights in one call: see Adam.
    private const string Text = """
          def forward(self: __torch__.Program, means: List[Tensor], weights: List[Tensor], share: Tensor) -> Tensor:
            torch._foreach_lerp_(means, weights, torch.item(share))
            return share
        """;

    private readonly jit.ScriptModule program = TorchScript.Program(Text);
    private readonly (string Name, Tensor Weight, Tensor Mean)[] pairs;
    private readonly double decay;

    /// <param name="network">Whose trainable weights are averaged.</param>
    /// <param name="decay">In (0, 1), such as 0.999.</param>
    public WeightsAverage(nn.Module network, double decay)
    {
        this.decay = decay;
        pairs =
        [
            .. network
                .named_parameters()
                .Select(p =>
                    (
                        p.name,
                        (Tensor)p.parameter,
                        p.parameter.detach().clone().DetachFromDisposeScope()
                    )
                ),
        ];
    }

    /// <summary>The averages under the weights' names; they belong to this object.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights =>
        pairs.ToDictionary(p => p.Name, p => p.Mean);

    /// <summary>Takes the weights as they are now into the average.</summary>
    /// <param name="step">n = 1, 2, …</param>
    public void Update(int step)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var kept = Math.Min(decay, (1.0 + step) / (10.0 + step));
        _ = TorchScript.Call(
            program,
            pairs.Select(p => p.Mean).ToArray(),
            pairs.Select(p => p.Weight).ToArray(),
            tensor(1 - kept, dtype: ScalarType.Float64)
        );
    }

    /// <summary>Writes the averages into another network of the same shape.</summary>
    /// <exception cref="KeyNotFoundException">That network has weights of other names.</exception>
    public void CopyTo(nn.Module network)
    {
        using var gradients = no_grad();
        var targets = network
            .named_parameters()
            .ToDictionary(p => p.name, p => (Tensor)p.parameter);
        foreach (var (name, _, mean) in pairs)
            targets[name].copy_(mean);
    }

    public void Dispose()
    {
        foreach (var (_, _, mean) in pairs)
            mean.Dispose();
    }
}
