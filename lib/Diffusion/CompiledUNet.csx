#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>
/// A <see cref="UNet"/> made ready for sampling: the same network as one TorchScript program, in
/// bfloat16, with channels last.
/// </summary>
/// <remarks>
/// What it does not do again in each step: reordering the weights for the processor, and the
/// embedding of timestep and class, which is looked up in tables of all timesteps. What it joins:
/// the shift into the convolution's bias, the residual sum into the convolution. All of it is made
/// from the plain network's weights; where those change, it is made anew.
/// benchmarks/README.md tells what each of these gave.
/// </remarks>
internal sealed class CompiledUNet
{
    private const string Reordering = """
          def forward(self: __torch__.Program, kernel: Tensor, p: int, s: int) -> Tensor:
            return ops.mkldnn._reorder_convolution_weight(kernel, [p, p], [s, s], [1, 1], 1, None)
        """;

    private readonly UNet network;
    private readonly ScalarType precision;
    private readonly List<Tensor> weights = [];
    private readonly StringBuilder text = new();
    private jit.ScriptModule? reorder;
    private jit.ScriptModule? program;
    private Dictionary<string, Tensor> plain = [];
    private Tensor? compiledFrom;
    private Tensor embedding = empty(0);
    private Tensor? classes;

    /// <param name="network">On the CPU.</param>
    /// <param name="precision">bfloat16, or float32 to compare with the plain network.</param>
    public CompiledUNet(UNet network, ScalarType precision = ScalarType.BFloat16)
    {
        this.network = network;
        this.precision = precision;
    }

    /// <summary>Whether this libtorch has the operators: those for x64 do.</summary>
    public static bool IsPossible()
    {
        try
        {
            using var program = TorchScript.Load(Reordering);
            return true;
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            return false;
        }
    }

    /// <summary>The noise that the network sees in <paramref name="x"/>.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>, float32.</param>
    /// <param name="t">0 … T, for the whole batch.</param>
    /// <param name="labels">int64 <c>[B]</c> for a network with classes, null for one without.</param>
    /// <returns><c>[B, C, H, W]</c>, float32, without gradients.</returns>
    public Tensor Predict(Tensor x, int t, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        if (program is null || !compiledFrom!.allclose(LastLayer(), rtol: 0, atol: 0))
            Compile();
        var input = ChannelsLast(x.to(precision));
        var output = labels is null
            ? program!.forward(input, (long)t, weights.ToArray())
            : program!.forward(input, (long)t, labels, weights.ToArray());
        return ((Tensor)output).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    // Every step of an optimiser changes these few numbers, so they tell whether the weights are the same.
    private Tensor LastLayer() =>
        cat([plain["conv_out.2.weight"].flatten(), plain["conv_out.2.bias"]]);

    private static Tensor ChannelsLast(Tensor x) =>
        x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private void Compile()
    {
        using var scope = NewDisposeScope();
        Forget();
        plain = network.state_dict();
        EmbedAll();

        var config = network.Config;
        text.Append(Methods(config.NormGroups ?? config.Channels[0] / 4));
        var label = classes is null ? "" : " label: Tensor,";
        text.Append(
            $"  def forward(self: __torch__.Program, x: Tensor, t: int,{label} w: List[Tensor]) -> Tensor:\n"
        );
        Line($"h = {Convolution("conv_in.0", "x")}");
        Line("skips = [h]");
        for (var level = 0; level <= config.Channels.Count; level++)
        {
            for (var block = 0; block < config.BlocksPerLevel; block++)
            {
                Residual($"down_blocks.{level}.res_blocks.{block}");
                Line("_ = torch.append(skips, h)");
            }
            if (level < config.Channels.Count)
            {
                Halve($"down_blocks.{level}.downsample_blocks.0");
                Line("_ = torch.append(skips, h)");
            }
        }
        for (var level = 0; level <= config.Channels.Count; level++)
        {
            for (var block = 0; block <= config.BlocksPerLevel; block++)
            {
                Line("h = torch.cat([h, torch.pop(skips)], 1)");
                Residual($"up_blocks.{level}.res_blocks.{block}");
            }
            if (level < config.Channels.Count)
            {
                Line(
                    "h = torch.upsample_bilinear2d(h, [torch.mul(torch.size(h, 2), 2), torch.mul(torch.size(h, 3), 2)], False, None, None)"
                );
                Line($"h = {Convolution($"up_blocks.{level}.upsample_blocks.0.conv", "h")}");
            }
        }
        Line($"return {Convolution("conv_out.2", Norm("conv_out.0", "h"))}");

        program = TorchScript.Load(text.ToString());
        foreach (var weight in weights)
            weight.DetachFromDisposeScope();
        compiledFrom = LastLayer().DetachFromDisposeScope();
    }

    private void Forget()
    {
        foreach (var weight in weights)
            weight.Dispose();
        weights.Clear();
        text.Clear();
        program?.Dispose();
        compiledFrom?.Dispose();
    }

    /// <summary>The activated embedding of all timesteps, [T + 1, width], and of all classes.</summary>
    private void EmbedAll()
    {
        Tensor Layer(Tensor x, int i) =>
            functional.linear(
                x,
                plain[$"temb_module.layers.{i}.weight"],
                plain[$"temb_module.layers.{i}.bias"]
            );
        var (width, steps) = (network.Config.TimeWidth, network.Config.Steps);
        var clock = TimestepEmbedding.Clock(
            arange(steps + 1, dtype: ScalarType.Int64),
            width / 2,
            steps
        );
        embedding = Layer(Layer(clock, 0).relu(), 2).relu();
        classes = plain.TryGetValue("cemb_module.weight", out var table) ? table.relu() : null;
    }

    private void Line(string line) => text.Append("    ").Append(line).Append('\n');

    /// <summary>Adds a tensor to the program's arguments.</summary>
    private string Argument(Tensor tensor)
    {
        weights.Add(tensor.to(precision).contiguous().clone());
        return $"w[{weights.Count - 1}]";
    }

    private string Norm(string name, string x) =>
        $"self.norm({x}, {Argument(plain[name + ".weight"])}, {Argument(plain[name + ".bias"])})";

    /// <param name="bias">The text of another bias than the layer's own.</param>
    /// <param name="plus">The text of a tensor that is added to the result.</param>
    private string Convolution(
        string name,
        string x,
        int stride = 1,
        string? bias = null,
        string? plus = null
    )
    {
        var kernel = plain[name + ".weight"];
        var padding = kernel.shape[2] / 2;
        bias ??= plain.TryGetValue(name + ".bias", out var own) ? Argument(own) : "None";
        weights.Add(Reordered(kernel.to(precision), padding, stride));
        var shape =
            $"w[{weights.Count - 1}], {bias}, [{padding}, {padding}], [{stride}, {stride}], [1, 1], 1";
        return plus is null
            ? $"ops.mkldnn._convolution_pointwise({x}, {shape}, \"none\", annotate(List[Optional[number]], []), \"\")"
            : $"ops.mkldnn._convolution_pointwise({x}, {plus}, {shape}, \"add\", None, None, annotate(List[Optional[number]], []), None)";
    }

    /// <summary>See <see cref="ResidualBlock"/>.</summary>
    private void Residual(string name)
    {
        var (weight, bias) = (plain[name + ".emb_proj.weight"], plain[name + ".emb_proj.bias"]);
        var width = network.Config.TimeWidth;
        var mixed = $"torch.select({Argument(TimeTable())}, 0, t)";
        if (classes is not null)
        {
            var byClass = functional.linear(classes, weight.narrow(1, width, weight.shape[1] - width));
            mixed = $"torch.add({mixed}, torch.index_select({Argument(byClass)}, 0, label))";
        }
        var activated = Norm(name + ".norm1", "h");
        if (classes is null && network.Config.Embedding == EmbeddingMode.Shift)
        {
            // One shift for the whole batch: it is the convolution's bias.
            Line($"g = {Convolution(name + ".conv1", activated, bias: mixed)}");
        }
        else
        {
            var mix = network.Config.Embedding == EmbeddingMode.Shift ? "shift" : "scale_shift";
            Line($"g = self.{mix}({Convolution(name + ".conv1", activated)}, {mixed})");
        }
        var passed = plain.ContainsKey(name + ".conv3.weight")
            ? Convolution(name + ".conv3", "h")
            : "h";
        Line($"h = {Convolution(name + ".conv2", Norm(name + ".norm2", "g"), plus: passed)}");

        Tensor TimeTable() => functional.linear(embedding, weight.narrow(1, 0, width), bias);
    }

    /// <summary>See <see cref="Downsample"/>.</summary>
    private void Halve(string name)
    {
        Line($"g = {Norm(name + ".norm1", "h")}");
        Line(
            $"h = {Convolution(name + ".conv3", "torch.avg_pool2d(g, [2, 2], [2, 2], [0, 0], False, True, None)")}"
        );
        Line($"g = {Convolution(name + ".conv1", "g", stride: 2)}");
        Line($"h = {Convolution(name + ".conv2", Norm(name + ".norm2", "g"), plus: "h")}");
    }

    /// <summary>A kernel in the order that this processor's convolution wants it in.</summary>
    private Tensor Reordered(Tensor kernel, long padding, long stride)
    {
        reorder ??= TorchScript.Load(Reordering);
        return (Tensor)reorder.forward(kernel, padding, stride);
    }

    // libtorch's normalisation of channels-last tensors is vectorised over a group's channels, and over
    // all of them for 1,024 pixels and more: small groups on small images are 5 to 30 times faster when
    // the channels come first, the two reorderings included.
    private static readonly string Epsilon = UNetConfig.NormEpsilon.ToString(
        "0.0#########",
        CultureInfo.InvariantCulture
    );

    private static string Methods(int groups) =>
        $"""
          def norm(self: __torch__.Program, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
            y = x
            if torch.lt(torch.mul(torch.size(x, 2), torch.size(x, 3)), 1024):
              if torch.ne(torch.remainder(torch.floordiv(torch.size(x, 1), {groups}), 16), 0):
                y = torch.contiguous(x)
            return torch.relu_(torch.group_norm(y, {groups}, scale, shift, {Epsilon}, False))
          def shift(self: __torch__.Program, h: Tensor, mixed: Tensor) -> Tensor:
            return torch.add_(h, torch.unsqueeze(torch.unsqueeze(mixed, -1), -1))
          def scale_shift(self: __torch__.Program, h: Tensor, mixed: Tensor) -> Tensor:
            halves = torch.chunk(torch.unsqueeze(torch.unsqueeze(mixed, -1), -1), 2, -3)
            return torch.add_(torch.mul(h, torch.add(halves[0], 1)), halves[1])

        """;
}
