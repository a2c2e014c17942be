using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>Fills a module with the numbers that the reference used, by its two rules.</summary>
internal static class ReferenceWeights
{
    /// <param name="module">Any module whose state dict has the article's names.</param>
    /// <param name="rule">
    /// <c>ruleA</c>: element k of the j-th name (sorted) is 0.05·sin(0.37k + 1.3j).
    /// <c>ruleB</c>: twice that, and 1 plus it for the weights of normalisations.
    /// </param>
    public static void Fill(nn.Module module, string rule)
    {
        using var gradients = no_grad();
        var named = module.state_dict().OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        for (var j = 0; j < named.Length; j++)
        {
            var (name, parameter) = (named[j].Key, named[j].Value);
            var ofNorm =
                name.Contains("norm") || name.StartsWith("conv_out.0", StringComparison.Ordinal);
            var value = Reference.Wave(
                k =>
                {
                    var v = 0.05 * Math.Sin(0.37 * k + 1.3 * j);
                    return rule == "ruleA" ? v
                        : ofNorm && name.EndsWith("weight", StringComparison.Ordinal) ? 1 + v
                        : 2 * v;
                },
                parameter.shape
            );
            parameter.copy_(value);
        }
    }
}
