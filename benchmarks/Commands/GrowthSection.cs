using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Reports;
using Diffusion.Benchmarks.Works;

namespace Diffusion.Benchmarks.Commands;

/// <summary>The tables that show how the cost grows with images and with steps.</summary>
internal static class GrowthSection
{
    private const int ImagesOfManySteps = 4;
    private static readonly int[] Images = [1, 10, 100, 1000];
    private static readonly int[] Steps = [10, 100, 1000];

    public static void AddTo(Report report, Networks networks, int repetitions)
    {
        var format = Networks.Default;
        var sampling = new SamplingWork(networks);
        var timings = Rounds.Measure(
            [
                .. Images.Select(images => sampling.Step(images, format)),
                .. Steps.Select(steps => sampling.Whole(steps, ImagesOfManySteps, format)),
            ],
            repetitions
        );
        report.Add(
            "Growth with the number of images",
            $"One sampling step in {Units.Name(format)}; {repetitions} repetitions.",
            Table("images", "time an image", Images, timings)
        );
        report.Add(
            "Growth with the number of steps",
            $"{ImagesOfManySteps} images from noise to the end in {Units.Name(format)}; {repetitions} repetitions.",
            Table("steps", "time a step", Steps, timings.Skip(Images.Length))
        );
    }

    private static MarkdownTable Table(
        string what,
        string each,
        IReadOnlyList<int> counts,
        IEnumerable<Timing> timings
    )
    {
        var table = new MarkdownTable(what, "median", "fastest to slowest", each);
        foreach (var (count, timing) in counts.Zip(timings))
            table.Add(
                count.ToString(CultureInfo.InvariantCulture),
                Units.Time(timing.Median),
                Units.Spread(timing),
                Units.Time(timing.Median / count)
            );
        return table;
    }
}
