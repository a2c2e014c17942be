#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>
/// A <see cref="UNet"/> made ready for training: prediction, loss and gradients as one TorchScript
/// program with channels last, in bfloat16 or float32.
/// </summary>
/// <remarks>
/// The weights stay in float32 (Micikevicius et al. 2018, Mixed Precision Training, section 3.1), so
/// that a step too small for 8 significant bits still counts; bfloat16 has float32's range, so the loss
/// needs no scaling. Each operation writes its line of the forward pass and keeps what writes its lines
/// of the backward pass, which are added in reverse order: the chain rule as text.
/// </remarks>
internal sealed class CompiledTraining : IUNetProgram, IDisposable
{
    // Output channels below which oneDNN has no fast gradient.
    private const long FewestFast = 16;

    private readonly UNet network;
    private readonly ScalarType precision;
    private readonly bool channelsLast;
    private readonly Dictionary<string, Tensor> plain;
    private readonly List<string> blocks = [];
    private readonly List<(Tensor Weight, Tensor Argument)> arguments = [];
    private readonly Dictionary<string, long> channels = [];
    private readonly StringBuilder text = new();
    private readonly Stack<Action> backward = new();
    private readonly HashSet<string> reached = [];
    private readonly string[] gradients;
    private readonly jit.ScriptModule program;
    private int values;
    private long mixedWidth;

    /// <param name="network">On a CPU or a GPU.</param>
    /// <param name="precision">bfloat16 or float32.</param>
    /// <param name="channelsLast">
    /// The order in memory: what a CPU's convolutions like best, and what a GPU's normalisations cannot
    /// take; by where the network is where nothing is said.
    /// </param>
    public CompiledTraining(
        UNet network,
        ScalarType precision = ScalarType.BFloat16,
        bool? channelsLast = null
    )
    {
        using var scope = NewDisposeScope();
        this.network = network;
        this.precision = precision;
        this.channelsLast = channelsLast ?? network.Device.type == DeviceType.CPU;
        plain = network.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);

        text.Append(Methods(network.Config.Groups, network.Config.Activation, this.channelsLast));
        text.Append(
            "  def forward(self: __torch__.Program, x: Tensor, target: Tensor, weight: Tensor, mixed: Tensor, w: List[Tensor], plain: List[Tensor]) -> List[Tensor]:\n"
        );
        // To this precision, all in one call.
        Line("torch._foreach_copy_(w, plain)");
        channels["x"] = network.Config.ImageChannels;
        var result = UNetWalk.Through(network.Config, this, "x");
        Line($"error = torch.sub(torch.to({result}, 6), target)");
        Line("weighted = torch.mul(error, weight)");
        Line("loss = torch.mean(torch.mul(weighted, error))");
        Line(
            $"d_{result} = torch.type_as(torch.mul(weighted, torch.div(2., torch.numel(error))), {result})"
        );
        reached.Add(result);
        gradients = new string[arguments.Count];
        foreach (var step in backward)
            step();
        for (var i = 0; i < gradients.Length; i++)
        {
            Line($"h{i} = torch.contiguous(torch.to({gradients[i]}, 6), memory_format=0)");
            gradients[i] = $"h{i}";
        }
        var shifts = string.Join(", ", blocks.Select((_, i) => $"m{i}"));
        Line($"return [loss, torch.cat([{shifts}], 1), {string.Join(", ", gradients)}]");
        program = TorchScript.Program(text.ToString());
        foreach (var (_, argument) in arguments)
            argument.DetachFromDisposeScope();
    }

    /// <summary>The mean squared error of the prediction, and its gradients in the network's weights.</summary>
    /// <param name="x">x_t, <c>[B, C, H, W]</c>, float32.</param>
    /// <param name="timesteps">int64 <c>[B]</c>.</param>
    /// <param name="labels">int64 <c>[B]</c> for a network with classes, null for one without.</param>
    /// <param name="target">What is to be predicted, of x's shape.</param>
    /// <param name="weights">How much each image's error counts, <c>[B, 1, 1, 1]</c>; 1 where nothing is said.</param>
    /// <returns>The loss; the weights' <c>grad</c> is set, not added to.</returns>
    public Tensor Backward(
        Tensor x,
        Tensor timesteps,
        Tensor? labels,
        Tensor target,
        Tensor? weights = null
    )
    {
        network.Require(x, timesteps, labels);
        using var scope = NewDisposeScope();
        // The embedding is small: libtorch differentiates it, in float32.
        using var mixed = Mixed(timesteps, labels);
        Tensor[] results;
        using (no_grad())
        using (CompiledUNet.IsPossibleFor(network) ? HiddenCaches.Trust() : null)
        {
            results = (Tensor[])
                TorchScript.Call(
                    program,
                    Ordered(x.to(precision)),
                    Ordered(target),
                    weights ?? ones(1, 1, 1, 1, device: x.device),
                    mixed.detach().to(precision),
                    arguments.Select(a => a.Argument).ToArray(),
                    arguments.Select(a => a.Weight).ToArray()
                );
            for (var i = 0; i < arguments.Count; i++)
                arguments[i].Weight.grad = results[i + 2].DetachFromDisposeScope();
        }
        mixed.backward([results[1]]);
        return results[0].MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var (_, argument) in arguments)
            argument.Dispose();
    }

    /// <summary>What all blocks mix in, side by side: <c>[B, sum of widths]</c>.</summary>
    private Tensor Mixed(Tensor timesteps, Tensor? labels)
    {
        var embedding = ActivationFunction.Of(
            network.Config.Activation,
            network.Embed(timesteps, labels)
        );
        Tensor Joined(string part) =>
            cat(blocks.Select(block => plain[$"{block}.emb_proj.{part}"]).ToArray(), dim: 0);
        return functional.linear(embedding, Joined("weight"), Joined("bias"));
    }

    public bool Has(string layer) => plain.ContainsKey(layer + ".weight");

    public string Convolution(string layer, string x, int stride = 1)
    {
        var weight = plain[layer + ".weight"];
        var kernel = Argument(weight);
        int? bias = plain.TryGetValue(layer + ".bias", out var own) ? Argument(own) : null;
        var padding = weight.shape[2] / 2;
        var y = Value(
            $"torch.conv2d({x}, w[{kernel}], {(bias is null ? "None" : $"w[{bias}]")}, [{stride}, {stride}], [{padding}, {padding}], [1, 1], 1)",
            weight.shape[0]
        );
        backward.Push(() =>
        {
            string Gradients(string d, string kernels, long count) =>
                $"torch.convolution_backward({d}, {x}, {kernels}, {(bias is null ? "None" : $"[{count}]")}, [{stride}, {stride}], [{padding}, {padding}], [1, 1], False, [0, 0], 1, [{x != "x"}, True, {bias is not null}])";
            var width = weight.shape[0];
            if (width >= FewestFast || !channelsLast)
            {
                Line($"a, g{kernel}, b = {Gradients($"d_{y}", $"w[{kernel}]", width)}");
            }
            else
            {
                // oneDNN's gradient for a few output channels is 6 to 100 times slower than for 16.
                string Padded(string tensor, string blanks) =>
                    $"torch.contiguous(torch.constant_pad_nd({tensor}, {blanks}, 0), memory_format=2)";
                var d = Padded($"d_{y}", $"[0, 0, 0, 0, 0, {FewestFast - width}]");
                var kernels = Padded(
                    $"w[{kernel}]",
                    $"[0, 0, 0, 0, 0, 0, 0, {FewestFast - width}]"
                );
                Line($"a, c, b = {Gradients(d, kernels, FewestFast)}");
                Line($"g{kernel} = torch.narrow(c, 0, 0, {width})");
                if (bias is not null)
                    Line($"b = torch.narrow(b, 0, 0, {width})");
            }
            gradients[kernel] = $"g{kernel}";
            if (bias is int index)
            {
                Line($"g{index} = b");
                gradients[index] = $"g{index}";
            }
            if (x != "x")
                Reach(x, "a");
        });
        return y;
    }

    public string ConvolutionPlus(string layer, string x, string other)
    {
        var convolved = Convolution(layer, x);
        var y = Value($"torch.add_({convolved}, {other})", channels[convolved]);
        backward.Push(() =>
        {
            Reach(convolved, $"d_{y}");
            Reach(other, $"d_{y}");
        });
        return y;
    }

    public string MixedConvolution(string block, string x)
    {
        var convolved = Convolution(block + ".conv1", x);
        var width = plain[block + ".emb_proj.bias"].shape[0];
        var (index, start) = (blocks.Count, mixedWidth);
        blocks.Add(block);
        mixedWidth += width;
        Line(
            $"q{index} = torch.unsqueeze(torch.unsqueeze(torch.narrow(mixed, 1, {start}, {width}), -1), -1)"
        );
        if (network.Config.Embedding == EmbeddingMode.Shift)
        {
            var shifted = Value($"torch.add_({convolved}, q{index})", width);
            backward.Push(() =>
            {
                Line($"m{index} = self.pixel_sum(d_{shifted})");
                Reach(convolved, $"d_{shifted}");
            });
            return shifted;
        }
        var half = width / 2;
        Line($"s{index} = torch.add(torch.narrow(q{index}, 1, 0, {half}), 1)");
        var y = Value(
            $"torch.add_(torch.mul({convolved}, s{index}), torch.narrow(q{index}, 1, {half}, {half}))",
            half
        );
        backward.Push(() =>
        {
            Line(
                $"m{index} = torch.cat([self.pixel_sum(torch.mul(d_{y}, {convolved})), self.pixel_sum(d_{y})], 1)"
            );
            Reach(convolved, $"torch.mul(d_{y}, s{index})");
        });
        return y;
    }

    public string Activated(string layer, string x)
    {
        // The two are few numbers and are kept as they are, where that is allowed.
        var type = channelsLast ? ScalarType.Float32 : precision;
        var scale = Argument(plain[layer + ".weight"], type);
        var shift = Argument(plain[layer + ".bias"], type);
        var y = $"v{values++}";
        channels[y] = channels[x];
        Line($"{y}, {y}_kept, {y}_mean, {y}_dev = self.norm({x}, w[{scale}], w[{shift}])");
        backward.Push(() =>
        {
            Line(
                $"a, g{scale}, g{shift} = self.norm_backward(d_{y}, {x}, {y}_kept, {y}_mean, {y}_dev, w[{scale}])"
            );
            (gradients[scale], gradients[shift]) = ($"g{scale}", $"g{shift}");
            Reach(x, "a");
        });
        return y;
    }

    public string Joined(string x, string skip)
    {
        var (first, second) = (channels[x], channels[skip]);
        var y = Value(UNetText.Joined(x, skip), first + second);
        backward.Push(() =>
        {
            Reach(x, $"torch.narrow(d_{y}, 1, 0, {first})");
            Reach(skip, $"torch.narrow(d_{y}, 1, {first}, {second})");
        });
        return y;
    }

    public string Halved(string x)
    {
        var y = Value(UNetText.Halved(x), channels[x]);
        backward.Push(() => Reach(x, $"torch.avg_pool2d_backward(d_{y}, {x}, {UNetText.Window})"));
        return y;
    }

    public string Doubled(string x)
    {
        string Size(string tensor) => $"[torch.size({tensor}, 2), torch.size({tensor}, 3)]";
        // Channels first, libtorch gives a GPU one thread for each pixel, which goes through all images and channels.
        var y = channelsLast
            ? Value(UNetText.Doubled(x), channels[x])
            : Value(
                $"torch.contiguous({UNetText.Doubled($"torch.contiguous({x}, memory_format=2)")}, memory_format=0)",
                channels[x]
            );
        backward.Push(() =>
            Reach(
                x,
                $"torch.upsample_bilinear2d_backward(d_{y}, {Size(y)}, torch.size({x}), False, None, None)"
            )
        );
        return y;
    }

    private Tensor Ordered(Tensor x) => channelsLast ? ChannelsLast.From(x) : x.contiguous();

    private void Line(string line) => text.Append("    ").Append(line).Append('\n');

    private string Value(string expression, long width)
    {
        var name = $"v{values++}";
        channels[name] = width;
        Line($"{name} = {expression}");
        return name;
    }

    /// <summary>Adds to the gradient of a value: one that is used twice has two.</summary>
    private void Reach(string value, string gradient) =>
        Line(
            reached.Add(value)
                ? $"d_{value} = torch.contiguous({gradient}, memory_format={(channelsLast ? 2 : 0)})"
                : $"d_{value} = torch.add(d_{value}, {gradient})"
        );

    private int Argument(Tensor weight, ScalarType? type = null)
    {
        var argument = weight.detach().to(type ?? precision, copy: true);
        arguments.Add((weight, argument.dim() == 4 ? Ordered(argument) : argument));
        return arguments.Count - 1;
    }

    // dx = deviation · (w·d − mean(w·d) − x̂ · mean(w·d·x̂)), with means over a group and x̂ the
    // normalised x: the derivative of Wu and He, eq. 1, with that of the activation in front. What is
    // kept for the latter is the result of a ReLU, written over its argument, and the argument of a SiLU.
    private static string Methods(int groups, Activation bend, bool channelsLast) =>
        NormProgram.Methods(groups, channelsLast)
        + $"""
              def pixel_sum(self: __torch__.Program, x: Tensor) -> Tensor:
                return torch.mul(self.pixel_mean(x), torch.mul(torch.size(x, 2), torch.size(x, 3)))
              def norm(self: __torch__.Program, x: Tensor, scale: Tensor, shift: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
                if self.is_fast(x):
                  y, mean, deviation = torch.native_group_norm(x, scale, shift, torch.size(x, 0), torch.size(x, 1), torch.mul(torch.size(x, 2), torch.size(x, 3)), {groups}, {NormProgram.Epsilon})
                else:
                  y, mean, deviation = self.norm_by_sums(x, scale, shift)
                a = torch.{(bend == Activation.SiLU ? "silu" : "relu_")}(y)
                return (a, y, mean, deviation)
              def norm_backward(self: __torch__.Program, gradient: Tensor, x: Tensor, kept: Tensor, mean: Tensor, deviation: Tensor, scale: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
                d = {(
                bend == Activation.SiLU
                    ? "torch.silu_backward(gradient, kept)"
                    : "torch.threshold_backward(gradient, kept, 0)"
            )}
                if self.is_fast_backward(x):
                  dx, dscale, dshift = torch.native_group_norm_backward(d, x, mean, deviation, scale, torch.size(x, 0), torch.size(x, 1), torch.mul(torch.size(x, 2), torch.size(x, 3)), {groups}, [True, True, True])
                else:
                  dx, dscale, dshift = self.norm_backward_by_sums(d, x, torch.unsqueeze(mean, -1), torch.unsqueeze(deviation, -1), scale)
                return (dx, dscale, dshift)
              def norm_backward_by_sums(self: __torch__.Program, d: Tensor, x: Tensor, mean: Tensor, deviation: Tensor, scale: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
                size = torch.floordiv(torch.size(x, 1), {groups})
                groups = [-1, {groups}, size]
                w = torch.view(scale, groups)
                sums = torch.view(self.pixel_mean(d), groups)
                products = torch.view(self.pixel_mean(torch.mul(d, x)), groups)
                products = torch.mul(torch.sub(products, torch.mul(mean, sums)), deviation)
                slope = torch.neg(torch.mul(torch.mul(torch.mean(torch.mul(products, w), [2], True), deviation), deviation))
                level = torch.neg(torch.add(torch.mul(torch.mean(torch.mul(sums, w), [2], True), deviation), torch.mul(mean, slope)))
                spread = [-1, -1, size]
                dx = torch.addcmul(self.wide(torch.expand(level, spread), x), x, self.wide(torch.expand(slope, spread), x))
                dx = torch.addcmul_(dx, d, self.wide(torch.mul(deviation, w), x))
                pixels = torch.mul(torch.size(x, 2), torch.size(x, 3))
                dscale = torch.flatten(torch.mul(torch.sum(products, [0], False, dtype=None), pixels))
                dshift = torch.flatten(torch.mul(torch.sum(sums, [0], False, dtype=None), pixels))
                return (dx, dscale, dshift)

            """;
}
