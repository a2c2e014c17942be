#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Notices when a network's weights have changed, without reading them.</summary>
/// <remarks>libtorch counts the in-place changes of each tensor; every optimiser, load and copy makes one.</remarks>
internal sealed class WeightsVersion
{
    private const string Counting = """
          def forward(self: __torch__.Program, w: List[Tensor]) -> int:
            total = 0
            for i in range(torch.len(w)):
              total = torch.add(total, torch._version(w[i]))
            return total
        """;

    private readonly Tensor[] weights;
    private readonly jit.ScriptModule count = TorchScript.Program(Counting);
    private long? seen;

    public WeightsVersion(nn.Module network) => weights = network.parameters().ToArray();

    /// <summary>Whether the weights are others than when this was last asked; true the first time.</summary>
    public bool HasChanged()
    {
        using var total = (Scalar)TorchScript.Call(count, [weights]);
        var now = total.ToInt64();
        var changed = seen != now;
        seen = now;
        return changed;
    }
}
