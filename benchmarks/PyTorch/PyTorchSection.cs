using System;
using System.Collections.Generic;
using System.Linq;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Reports;
using Diffusion.Benchmarks.Works;

namespace Diffusion.Benchmarks.PyTorch;

/// <summary>The tables of PyTorch's times beside ours, taken in turns.</summary>
internal static class PyTorchSection
{
    /// <param name="only">Leaves out the works whose name does not contain it.</param>
    public static void AddTo(
        Report report,
        Networks networks,
        PythonSettings python,
        int repetitions,
        string only
    )
    {
        using var article = new PyTorchProcess(python, "article");
        using var best = new PyTorchProcess(python, "best");
        report.Add(
            "The same network",
            "The largest difference of a prediction from the same weights, for noise of spread 1.",
            Agreement.Table(networks, article, best)
        );
        var pairs = Pair.All(networks, FashionMnist.Train())
            .Where(pair => pair.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        var results = new Turns(article, best).Measure(pairs, repetitions);
        report.Add(
            "Ratios",
            $"Median of PyTorch's time through median of ours, {repetitions} repetitions in turns. PyTorch: {article.Description}. Ours: {Units.Name(Networks.Default)}, as the library chooses on this machine, and float32.",
            Ratios(results)
        );
        report.Add("Times", "Median, and fastest to slowest.", Times(results));
    }

    private static MarkdownTable Ratios(IEnumerable<Turns.Result> results)
    {
        var table = new MarkdownTable(
            "what",
            "article / ours",
            "best effort / ours",
            "article / ours in float32"
        );
        foreach (var result in results)
            table.Add(
                result.Pair.Name,
                Units.Times(result.Article.Median / result.Ours.Median),
                Units.Times(result.Best.Median / result.Ours.Median),
                Units.Times(result.Article.Median / result.Plain.Median)
            );
        return table;
    }

    private static MarkdownTable Times(IEnumerable<Turns.Result> results)
    {
        var table = new MarkdownTable("what", "article", "best effort", "ours", "ours in float32");
        foreach (var result in results)
            table.Add(
                result.Pair.Name,
                Shown(result.Article),
                Shown(result.Best),
                Shown(result.Ours),
                Shown(result.Plain)
            );
        return table;
    }

    private static string Shown(Timing timing) =>
        $"{Units.Time(timing.Median)} ({Units.Spread(timing)})";
}
