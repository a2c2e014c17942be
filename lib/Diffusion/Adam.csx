#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1; β₁ = 0.9, β₂ = 0.999, ε = 1e−8) and the clipping of
/// gradients before it, for all weights of a network in one call.
/// </summary>
/// <remarks>
/// A U-Net has 300 tensors of weights. One by one, with ten operations each, a GPU would wait for the
/// program that feeds it; libtorch has the whole step as one operation, for which TorchSharp has no name.
/// </remarks>
internal sealed class Adam : IDisposable
{
    // A step with gradients that are no numbers is not made.
    private const string Text = """
          def forward(self: __torch__.Program, weights: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], steps: List[Tensor], rate: Tensor, longest: Tensor) -> Tensor:
            norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients, 2), 0), 2)
            if bool(torch.isfinite(norm)):
              factor = torch.clamp(torch.div(longest, torch.add(norm, 1e-06)), None, 1)
              torch._foreach_mul_(gradients, factor)
              none = annotate(List[Tensor], [])
              torch._fused_adam_(weights, gradients, means, squares, none, steps, lr=rate, beta1=0.9, beta2=0.999, weight_decay=0., eps=1e-08, amsgrad=False, maximize=False)
            return norm
        """;

    private readonly (string Name, Tensor Weight, Tensor Mean, Tensor Square)[] parts;
    private readonly jit.ScriptModule program = TorchScript.Program(Text);

    /// <param name="network">Whose trainable weights are changed.</param>
    public Adam(nn.Module network) =>
        parts = [
            .. network
                .named_parameters()
                .Select(p =>
                    (
                        p.name,
                        (Tensor)p.parameter,
                        zeros_like(p.parameter, requires_grad: false).DetachFromDisposeScope(),
                        zeros_like(p.parameter, requires_grad: false).DetachFromDisposeScope()
                    )
                ),
        ];

    /// <summary>The running means of each weight's gradient and of its square, to be saved and filled again.</summary>
    public IEnumerable<(string Name, Tensor Mean, Tensor Square)> Moments =>
        parts.Select(p => (p.Name, p.Mean, p.Square));

    /// <summary>Moves the weights against their gradients.</summary>
    /// <param name="step">1, 2, …</param>
    /// <param name="rate">Above 0.</param>
    /// <param name="longest">Gradients longer than this, over all weights, are shortened to it; null leaves them.</param>
    /// <returns>The gradients' length before that. Where it is no finite number, nothing was changed.</returns>
    public double Step(int step, double rate, double? longest)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var moved = parts.Where(p => p.Weight.grad is not null).ToArray();
        using var count = tensor((float)step, device: moved[0].Weight.device);
        var norm = (Tensor)
            TorchScript.Call(
                program,
                moved.Select(p => p.Weight).ToArray(),
                moved.Select(p => p.Weight.grad!).ToArray(),
                moved.Select(p => p.Mean).ToArray(),
                moved.Select(p => p.Square).ToArray(),
                Enumerable.Repeat(count, moved.Length).ToArray(),
                tensor(rate, dtype: ScalarType.Float64),
                tensor((float)(longest ?? double.PositiveInfinity), device: count.device)
            );
        return norm.item<float>();
    }

    public void Dispose()
    {
        foreach (var (_, _, mean, square) in parts)
        {
            mean.Dispose();
            square.Dispose();
        }
    }
}
