using System;
using System.Collections.Generic;
using System.Linq;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Reports;
using Diffusion.Benchmarks.Works;

namespace Diffusion.Benchmarks.Commands;

/// <summary>The tables of the machine's peaks and of what the library does, measured in the same rounds.</summary>
internal static class TimesSection
{
    private static readonly int[] Sizes = [1, 10, 100];

    /// <param name="only">Leaves out the works whose name does not contain it; the peaks are always measured.</param>
    public static void AddTo(Report report, Networks networks, int repetitions, string only)
    {
        var data = FashionMnist.Train();
        Work[] peaks = [.. Peaks.Convolutions(networks.Formats), Peaks.Copy()];
        var works = Works(networks, data)
            .Where(work => work.Name.Contains(only, StringComparison.OrdinalIgnoreCase));
        var timings = Rounds.Measure([.. peaks, .. works], repetitions);
        var ofPeaks = timings.Take(peaks.Length).ToArray();
        report.Add(
            "What the machine can do",
            $"Ten convolutions of 128 channels at 16x16 pixels in a batch of 100, and a copy; {repetitions} repetitions.",
            PeakTable(ofPeaks)
        );
        report.Add(
            "What the library does",
            "Measured in the same rounds. The peak is the fastest repetition of the convolution in the same number format and in its best layout.",
            WorkTable(timings.Skip(peaks.Length), ofPeaks)
        );
    }

    private static IEnumerable<Work> Works(Networks networks, FashionMnist data)
    {
        var sampling = new SamplingWork(networks);
        foreach (var format in networks.Formats)
        {
            foreach (var images in Sizes)
                yield return sampling.Step(images, format);
            foreach (var images in Sizes)
                yield return sampling.Guided(images, format);
            yield return sampling.Strided(100, format);
            yield return TrainingWork.Step(data, format);
        }
        foreach (var kind in sampling.Kinds(100, Networks.Default))
            yield return kind;
        yield return sampling.WithoutNetwork(100);
        yield return TrainingWork.Loading;
        yield return FirstFigure.Work;
    }

    private static MarkdownTable PeakTable(IEnumerable<Timing> timings)
    {
        var table = new MarkdownTable(
            "what",
            "median",
            "fastest to slowest",
            "GFLOP/s, fastest",
            "GB/s, fastest"
        );
        foreach (var timing in timings)
            table.Add(
                timing.Work.Name,
                Units.Time(timing.Median),
                Units.Spread(timing),
                Units.Giga(timing.Work.Flops, timing.Fastest),
                Units.Giga(timing.Work.Bytes, timing.Fastest)
            );
        return table;
    }

    private static MarkdownTable WorkTable(IEnumerable<Timing> timings, IReadOnlyList<Timing> peaks)
    {
        var convolutions = peaks.Where(timing => timing.Work.Flops > 0).ToArray();
        var table = new MarkdownTable(
            "what",
            "median",
            "fastest to slowest",
            "GFLOP/s",
            "of the peak",
            "images a second"
        );
        foreach (var timing in timings)
        {
            var (work, median) = (timing.Work, timing.Median);
            table.Add(
                work.Name,
                Units.Time(median),
                Units.Spread(timing),
                Units.Giga(work.Flops, median),
                work.Flops > 0
                    ? Units.Percent(work.Flops / median / Peaks.Of(work.Format, convolutions))
                    : "",
                work.Images > 0 ? Units.Digits(work.Images / median) : ""
            );
        }
        return table;
    }
}
