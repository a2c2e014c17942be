#nullable enable
using System.Globalization;

/// <summary>Group normalisation (Wu and He 2018) of tensors with channels last, for TorchScript programs.</summary>
/// <remarks>
/// libtorch's own is vectorised over all channels where there are 1,024 pixels and more, and over a
/// group's channels where there are fewer; its gradient over a group's channels only. Groups of less
/// than 16 channels are therefore 2 to 6 times faster by way of sums over pixels (benchmarks/README.md).
/// Sums are taken over rows in the tensor's own type, whose sums libtorch keeps in float32, then over
/// all rows in float32: converting every pixel first would take three times as long.
/// </remarks>
internal static class NormProgram
{
    /// <summary>What is added to the variance, as the program's text.</summary>
    public static string Epsilon { get; } =
        UNetConfig.NormEpsilon.ToString("0.0#########", CultureInfo.InvariantCulture);

    /// <summary>Methods of the program's class. Scale and shift are <c>[C]</c>; mean and deviation <c>[B, groups]</c>, float32.</summary>
    /// <param name="channelsLast">Where channels come first, libtorch's own is always taken.</param>
    public static string Methods(int groups, bool channelsLast = true) =>
        $"""
              def has_wide_groups(self: __torch__.Program, x: Tensor) -> bool:
                return torch.eq(torch.remainder(torch.floordiv(torch.size(x, 1), {groups}), 16), 0)
              def is_fast_backward(self: __torch__.Program, x: Tensor) -> bool:
                return {(channelsLast ? "self.has_wide_groups(x)" : "True")}
              def is_fast(self: __torch__.Program, x: Tensor) -> bool:
                if torch.ge(torch.mul(torch.size(x, 2), torch.size(x, 3)), 1024):
                  fast = True
                else:
                  fast = self.is_fast_backward(x)
                return fast
              def norm_by_groups(self: __torch__.Program, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
                return torch.group_norm(x, {groups}, scale, shift, {Epsilon}, False)
              def pixel_mean(self: __torch__.Program, x: Tensor) -> Tensor:
                rows = torch.sum(torch.permute(x, [0, 2, 3, 1]), [2], False, dtype=None)
                pixels = torch.mul(torch.size(x, 2), torch.size(x, 3))
                return torch.div(torch.sum(rows, [1], False, dtype=6), pixels)
              def wide(self: __torch__.Program, values: Tensor, x: Tensor) -> Tensor:
                return torch.type_as(torch.reshape(values, [-1, torch.size(x, 1), 1, 1]), x)
              def norm_by_sums(self: __torch__.Program, x: Tensor, scale: Tensor, shift: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
                size = torch.floordiv(torch.size(x, 1), {groups})
                groups = [-1, {groups}, size]
                mean = torch.mean(torch.view(self.pixel_mean(x), groups), [2], True)
                square = torch.mean(torch.view(self.pixel_mean(torch.mul(x, x)), groups), [2], True)
                variance = torch.clamp_min(torch.sub(square, torch.mul(mean, mean)), 0)
                deviation = torch.rsqrt(torch.add(variance, {Epsilon}))
                factor = torch.mul(deviation, torch.view(scale, groups))
                offset = torch.sub(torch.view(shift, groups), torch.mul(mean, factor))
                y = torch.addcmul(self.wide(offset, x), x, self.wide(factor, x))
                return (y, torch.squeeze(mean, -1), torch.squeeze(deviation, -1))

            """;
}
