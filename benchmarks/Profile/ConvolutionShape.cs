using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Diffusion.Benchmarks.Profile;

/// <summary>Reads oneDNN's description of a convolution, such as <c>mb100_ic32oc64_ih32oh16kh3sh2dh0ph1_iw32ow16kw3sw2dw0pw1</c>.</summary>
internal static partial class ConvolutionShape
{
    // Twice the product of these: one multiplication and one addition each.
    private static readonly string[] Factors = ["mb", "ic", "oc", "oh", "ow", "kh", "kw"];

    /// <summary>Floating-point operations; 0 where the text describes no convolution.</summary>
    public static double Flops(string shape)
    {
        var sizes = Part()
            .Matches(shape)
            .GroupBy(part => part.Groups[1].Value)
            .ToDictionary(
                group => group.Key,
                group => double.Parse(group.First().Groups[2].Value, CultureInfo.InvariantCulture)
            );
        return Factors.All(sizes.ContainsKey)
            ? 2 * Factors.Aggregate(1.0, (product, name) => product * sizes[name])
            : 0;
    }

    [GeneratedRegex("([a-z]+)([0-9]+)")]
    private static partial Regex Part();
}
