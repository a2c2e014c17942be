using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Diffusion.Benchmarks.Commands;
using Diffusion.Benchmarks.Reports;

namespace Diffusion.Benchmarks.Profile;

/// <summary>The tables of where the time of a step goes.</summary>
internal static class ProfileSection
{
    private const int MostShapes = 12;

    private static readonly KeyValuePair<string, string> Verbose = new("ONEDNN_VERBOSE", "1");

    /// <param name="work"><see cref="ProfiledRun.Sampling"/> or <see cref="ProfiledRun.Training"/>.</param>
    public static void AddTo(Report report, string work, Precision format, int repetitions)
    {
        Console.Error.WriteLine($"profile of {work} in {Units.Name(format)}");
        var step = ProfiledStep.MedianOf(
            ChildProcess.Run(
                [Verbose],
                ChildCommands.Profile,
                work,
                format.ToString(),
                repetitions.ToString(CultureInfo.InvariantCulture)
            )
        );
        var images = work == ProfiledRun.Training ? 128 : 100;
        var title = $"One {work} step of {images} images in {Units.Name(format)}";
        report.Add(
            title,
            $"The step of median time among {repetitions}: {Units.Time(step.Seconds)}.",
            Kinds(step)
        );
        report.Add(
            $"{title}: the costliest convolutions",
            "Shapes as oneDNN writes them: mb images, ic channels to oc channels, ih rows to oh rows, kh rows of a kernel, sh its stride.",
            Shapes(step)
        );
    }

    private static MarkdownTable Kinds(ProfiledStep step)
    {
        var table = new MarkdownTable("what", "calls", "time", "of the step");
        foreach (
            var kind in step
                .Primitives.GroupBy(primitive => primitive.Kind)
                .OrderByDescending(Seconds)
        )
            table.Add(
                kind.Key,
                kind.Count().ToString(CultureInfo.InvariantCulture),
                Units.Time(Seconds(kind)),
                Units.Percent(Seconds(kind) / step.Seconds)
            );
        table.Add(
            "the rest: all that is not oneDNN's",
            "",
            Units.Time(step.Rest),
            Units.Percent(step.Rest / step.Seconds)
        );
        return table;
    }

    private static MarkdownTable Shapes(ProfiledStep step)
    {
        var table = new MarkdownTable("convolution", "kernel", "calls", "time", "GFLOP/s");
        var shapes = step
            .Primitives.Where(primitive => ConvolutionShape.Flops(primitive.Shape) > 0)
            .GroupBy(primitive => (primitive.Kind, primitive.Shape, primitive.Implementation))
            .OrderByDescending(Seconds)
            .Take(MostShapes);
        foreach (var shape in shapes)
            table.Add(
                $"{shape.Key.Kind}: `{shape.Key.Shape}`",
                $"`{shape.Key.Implementation}`",
                shape.Count().ToString(CultureInfo.InvariantCulture),
                Units.Time(Seconds(shape)),
                Units.Giga(shape.Count() * ConvolutionShape.Flops(shape.Key.Shape), Seconds(shape))
            );
        return table;
    }

    private static double Seconds(IEnumerable<OneDnnLine> primitives) =>
        primitives.Sum(primitive => primitive.Seconds);
}
