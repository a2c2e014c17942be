using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Diffusion.Benchmarks.Profile;

/// <summary>One run of a work, with all that oneDNN did in it.</summary>
/// <param name="Seconds">Of the whole run.</param>
/// <param name="Primitives">In their order.</param>
internal sealed record ProfiledStep(double Seconds, IReadOnlyList<OneDnnLine> Primitives)
{
    /// <summary>What the run spent outside of oneDNN.</summary>
    public double Rest => Seconds - Primitives.Sum(primitive => primitive.Seconds);

    /// <summary>Of several runs, the one whose time is in the middle.</summary>
    /// <exception cref="InvalidOperationException">oneDNN reported nothing.</exception>
    public static ProfiledStep MedianOf(IEnumerable<string> lines)
    {
        var steps = Parse(lines).OrderBy(step => step.Seconds).ToArray();
        if (steps.Length == 0 || steps.All(step => step.Primitives.Count == 0))
            throw new InvalidOperationException(
                "oneDNN reported no primitive: this libtorch was built without it, or its verbose mode."
            );
        return steps[steps.Length / 2];
    }

    private static IEnumerable<ProfiledStep> Parse(IEnumerable<string> lines)
    {
        List<OneDnnLine>? primitives = null;
        foreach (var line in lines)
        {
            if (line == ProfiledRun.Begin)
                primitives = [];
            else if (line.StartsWith(ProfiledRun.End, StringComparison.Ordinal))
            {
                var seconds = double.Parse(
                    line[ProfiledRun.End.Length..],
                    CultureInfo.InvariantCulture
                );
                yield return new ProfiledStep(seconds, primitives!);
                primitives = null;
            }
            else if (OneDnnLine.Parse(line) is { } primitive)
                primitives?.Add(primitive);
        }
    }
}
