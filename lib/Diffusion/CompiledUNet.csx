#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Intrinsics.X86;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>
/// A <see cref="UNet"/> made ready for sampling: the same network as one TorchScript program with
/// channels last, in bfloat16 or float32.
/// </summary>
/// <remarks>
/// What it does not do again in each step: reordering the weights for the processor, and the
/// embedding of timestep and class, which is looked up in tables of all timesteps. What it joins:
/// the shift into the convolution's bias, the residual sum into the convolution. All of it is made
/// from the plain network's weights; where those change, it is made anew.
/// benchmarks/README.md tells what each of these gave.
/// </remarks>
internal sealed class CompiledUNet : IUNetProgram, IDisposable
{
    private const string Reordering = """
          def forward(self: __torch__.Program, kernel: Tensor, p: int, s: int) -> Tensor:
            return ops.mkldnn._reorder_convolution_weight(kernel, [p, p], [s, s], [1, 1], 1, None)
        """;

    private static readonly Lazy<bool> Possible = new(() =>
    {
        try
        {
            _ = TorchScript.Program(Reordering);
            return true;
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            return false;
        }
    });

    private readonly UNet network;
    private readonly ScalarType precision;
    private readonly WeightsVersion version;
    private readonly List<Tensor> weights = [];
    private readonly HashSet<string> passing = [];
    private readonly StringBuilder text = new();
    private jit.ScriptModule? program;
    private Dictionary<string, Tensor> plain = [];
    private Tensor embedding = empty(0);
    private Tensor? classes;
    private int values;

    /// <param name="network">On the CPU.</param>
    /// <param name="precision">bfloat16 or float32.</param>
    public CompiledUNet(UNet network, ScalarType precision = ScalarType.BFloat16)
    {
        this.network = network;
        this.precision = precision;
        version = new WeightsVersion(network);
    }

    /// <summary>Whether networks on this device have such a form: on a CPU, with libtorch for x64.</summary>
    public static bool IsPossibleOn(Device device) =>
        device.type == DeviceType.CPU && Possible.Value;

    /// <summary>Whether this network has such a form that computes what the network does.</summary>
    /// <param name="network">Whose widths must fit where oneDNN errs: see <see cref="HiddenCaches"/>.</param>
    public static bool IsPossibleFor(UNet network) =>
        IsPossibleOn(network.Device)
        && (!HiddenCaches.Here || network.Config.Channels.All(c => c % HiddenCaches.Block == 0));

    /// <summary>The noise that the network sees in <paramref name="x"/>.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>, float32.</param>
    /// <param name="t">0 … T, for the whole batch.</param>
    /// <param name="labels">int64 <c>[B]</c> for a network with classes, null for one without.</param>
    /// <returns><c>[B, C, H, W]</c>, float32, without gradients.</returns>
    /// <exception cref="ArgumentException">A shape or type does not fit; the message says which.</exception>
    public Tensor Predict(Tensor x, int t, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        network.RequireFit(x, labels);
        if (version.HasChanged() || program is null)
            Compile();
        var input = ChannelsLast.From(x.to(precision));
        var output = labels is null
            ? TorchScript.Call(program!, input, t, weights.ToArray())
            : TorchScript.Call(program!, input, t, labels, weights.ToArray());
        return ((Tensor)output).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose() => Forget();

    private void Compile()
    {
        using var scope = NewDisposeScope();
        Forget();
        plain = network.state_dict();
        // Activated, for all timesteps, [T + 1, width], and for all classes.
        var (steps, bend) = (network.Config.Steps, network.Config.Activation);
        embedding = ActivationFunction.Of(
            bend,
            network.EmbedTime(arange(steps + 1, dtype: ScalarType.Int64))
        );
        classes = network.Config.Classes is int count
            ? ActivationFunction.Of(
                bend,
                network.EmbedClass(arange(count, dtype: ScalarType.Int64))!
            )
            : null;
        var label = classes is null ? "" : " label: Tensor,";
        text.Append(Methods(network.Config.Groups, bend));
        text.Append(
            $"  def forward(self: __torch__.Program, x: Tensor, t: int,{label} w: List[Tensor]) -> Tensor:\n"
        );
        var result = UNetWalk.Through(network.Config, this, "x");
        text.Append($"    return {result}\n");
        program = TorchScript.Program(text.ToString());
        foreach (var weight in weights)
            weight.DetachFromDisposeScope();
    }

    private void Forget()
    {
        foreach (var weight in weights)
            weight.Dispose();
        weights.Clear();
        passing.Clear();
        text.Clear();
        values = 0;
        program = null;
    }

    public bool Has(string layer) => plain.ContainsKey(layer + ".weight");

    public string Convolution(string layer, string x, int stride = 1)
    {
        var y = Convolved(x, Kernel(layer, stride));
        if (layer.EndsWith(".conv3", StringComparison.Ordinal))
            passing.Add(y);
        return y;
    }

    public string ConvolutionPlus(string layer, string x, string other)
    {
        var rest =
            $"{Kernel(layer)}, \"add\", None, None, annotate(List[Optional[number]], []), None";
        // What was convolved only to be added is needed by nobody else: the sum goes into its place.
        return Value(
            passing.Contains(other)
                ? $"ops.mkldnn._convolution_pointwise_({other}, {x}, {rest})"
                : $"ops.mkldnn._convolution_pointwise({x}, {other}, {rest})"
        );
    }

    public string MixedConvolution(string block, string x)
    {
        var (weight, bias) = (plain[block + ".emb_proj.weight"], plain[block + ".emb_proj.bias"]);
        var width = network.Config.TimeWidth;
        var byTime = functional.linear(embedding, weight.narrow(1, 0, width), bias);
        var mixed = $"torch.select({Argument(byTime)}, 0, t)";
        if (classes is not null)
        {
            var byClass = functional.linear(
                classes,
                weight.narrow(1, width, weight.shape[1] - width)
            );
            mixed = $"torch.add({mixed}, torch.index_select({Argument(byClass)}, 0, label))";
        }
        if (classes is null && network.Config.Embedding == EmbeddingMode.Shift)
        {
            // One shift for the whole batch: it is the convolution's bias.
            return Convolved(x, Kernel(block + ".conv1", bias: mixed));
        }
        var how = network.Config.Embedding == EmbeddingMode.Shift ? "shift" : "scale_shift";
        return Value($"self.{how}({Convolution(block + ".conv1", x)}, {mixed})");
    }

    public string Activated(string layer, string x) =>
        Value(
            $"self.norm({x}, {Argument(plain[layer + ".weight"])}, {Argument(plain[layer + ".bias"])})"
        );

    public string Joined(string x, string skip) => Value(UNetText.Joined(x, skip));

    public string Halved(string x) => Value(UNetText.Halved(x));

    public string Doubled(string x) => Value(UNetText.Doubled(x));

    private string Convolved(string x, string kernel) =>
        Value(
            $"ops.mkldnn._convolution_pointwise({x}, {kernel}, \"none\", annotate(List[Optional[number]], []), \"\")"
        );

    private string Value(string expression)
    {
        var name = $"v{values++}";
        text.Append($"    {name} = {expression}\n");
        return name;
    }

    /// <summary>Adds a tensor to the program's arguments.</summary>
    private string Argument(Tensor tensor)
    {
        weights.Add(tensor.to(precision).contiguous().clone());
        return $"w[{weights.Count - 1}]";
    }

    /// <summary>A convolution's arguments behind the image; its kernel in the order that this processor wants it in.</summary>
    private string Kernel(string layer, int stride = 1, string? bias = null)
    {
        var kernel = plain[layer + ".weight"];
        var padding = (int)kernel.shape[2] / 2;
        bias ??= plain.TryGetValue(layer + ".bias", out var own) ? Argument(own) : "None";
        weights.Add(
            Avx512F.IsSupported
                ? (Tensor)
                    TorchScript.Call(
                        TorchScript.Program(Reordering),
                        kernel.to(precision),
                        padding,
                        stride
                    )
                // Without AVX-512 oneDNN wants another order for each size of image than the one that it is asked
                // for here, and turns the one into the other in every step: for 4 images 460 ms instead of 130 ms.
                : ChannelsLast.From(kernel.to(precision)).clone()
        );
        return $"w[{weights.Count - 1}], {bias}, [{padding}, {padding}], [{stride}, {stride}], [1, 1], 1";
    }

    private static string Methods(int groups, Activation bend) =>
        NormProgram.Methods(groups)
        + $"""
              def norm(self: __torch__.Program, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
                if self.is_fast(x):
                  y = self.norm_by_groups(x, scale, shift)
                elif torch.gt(torch.size(x, 0), 32):
                  y, mean, deviation = self.norm_by_sums(x, scale, shift)
                else:
                  y = self.norm_by_groups(torch.contiguous(x), scale, shift)
                return torch.{(bend == Activation.SiLU ? "silu_" : "relu_")}(y)
              def shift(self: __torch__.Program, h: Tensor, mixed: Tensor) -> Tensor:
                return torch.add_(h, torch.unsqueeze(torch.unsqueeze(mixed, -1), -1))
              def scale_shift(self: __torch__.Program, h: Tensor, mixed: Tensor) -> Tensor:
                halves = torch.chunk(torch.unsqueeze(torch.unsqueeze(mixed, -1), -1), 2, -3)
                return torch.add_(torch.mul(h, torch.add(halves[0], 1)), halves[1])

            """;
}
