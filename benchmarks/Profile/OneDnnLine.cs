using System;
using System.Globalization;

namespace Diffusion.Benchmarks.Profile;

/// <summary>
/// One primitive that oneDNN ran, as ONEDNN_VERBOSE=1 reports it (oneDNN's developer guide, "Verbose
/// Mode").
/// </summary>
/// <param name="Kind">What it was for, such as "convolution, backward data".</param>
/// <param name="Implementation">The kernel that oneDNN chose.</param>
/// <param name="Shape">oneDNN's own description of the problem.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record OneDnnLine(string Kind, string Implementation, string Shape, double Seconds)
{
    /// <summary>Null for a line that reports no execution.</summary>
    /// <remarks>
    /// <c>onednn_verbose,v1,primitive,exec,cpu,KIND,IMPLEMENTATION,PROPAGATION,MEMORY,ATTRIBUTES,AUXILIARY,SHAPE,MILLISECONDS</c>
    /// </remarks>
    public static OneDnnLine? Parse(string line)
    {
        if (!line.StartsWith("onednn_verbose,", StringComparison.Ordinal))
            return null;
        var fields = line.Split(',');
        // Counted from "exec": versions before 3.5 have fewer fields in front of it.
        var exec = Array.IndexOf(fields, "exec");
        if (
            exec < 0
            || fields.Length < exec + 6
            || !double.TryParse(fields[^1], CultureInfo.InvariantCulture, out var milliseconds)
        )
            return null;
        return new OneDnnLine(
            Name(fields[exec + 2], fields[exec + 4]),
            fields[exec + 3],
            fields[^2],
            milliseconds / 1000
        );
    }

    private static string Name(string primitive, string propagation) =>
        primitive is not ("convolution" or "deconvolution") ? primitive
        : propagation.StartsWith("forward", StringComparison.Ordinal) ? $"{primitive}, forward"
        : $"{primitive}, {propagation.Replace('_', ' ')}";
}
