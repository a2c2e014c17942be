using System;
using System.IO;
using System.Linq;
using AngleSharp.Html.Parser;
using SlowTests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class ResultsTests
{
    /// <summary>What was added can be read; what could not is refused, and the table is as before.</summary>
    [Fact]
    public void Only_what_can_be_read_back_is_added()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("quality.csv");
        var sound = new ExperimentResult(
            new Experiment { Model = "a \"model\"; of one's own" },
            double.PositiveInfinity,
            new Quality(10_000, double.NaN, 0, -1e-9, 0, null, [double.NaN]),
            "x"
        );
        new ResultsTable(path).Add(sound);
        Assert.Equal(sound.Experiment, Assert.Single(new ResultsTable(path).Results).Experiment);

        var before = File.ReadAllText(path);
        var table = new ResultsTable(path);
        foreach (
            var wrong in new[]
            {
                sound with
                {
                    Experiment = sound.Experiment with { Model = "one, two" },
                },
                sound with
                {
                    Experiment = sound.Experiment with { Model = "one\ntwo" },
                },
                sound with
                {
                    Experiment = sound.Experiment with { Solver = "one\rtwo" },
                },
                sound with
                {
                    Experiment = sound.Experiment with { Guide = "" },
                },
                sound with
                {
                    Experiment = sound.Experiment with { Teaches = true },
                },
                sound with
                {
                    WeightsVersion = "1,2",
                },
            }
        )
        {
            Assert.Throws<ArgumentException>(() => table.Add(wrong));
            Assert.Equal(before, File.ReadAllText(path));
        }
    }

    [Fact]
    public void A_table_of_results_reads_what_it_wrote()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("quality.csv");
        var first = new ExperimentResult(
            new Experiment
            {
                Model = "best",
                Solver = "dpm-solver++",
                Steps = 20,
                Scale = 1.5,
                Guide = "conditional",
                Power = 1.5,
                Interval = (100, 600),
                Teaches = true,
            },
            12.5,
            new Quality(10_000, 1.25, 0.05, 0.9, 0.8, 0.95, [1, 2.5, 3], 0.875),
            "0123456789ab"
        );
        var second = new ExperimentResult(
            new Experiment
            {
                Model = Experiment.Real,
                Count = 2_000,
                Precision = Precision.Float32,
            },
            0,
            new Quality(2_000, 0.5, 0.01, 1, 1, null, []),
            ""
        );
        var table = new ResultsTable(path);
        table.Add(first);
        table.Add(second);
        var changed = first with { SecondsPerThousand = 13 };
        table.Add(changed);

        var read = new ResultsTable(path);
        Assert.Equal(2, read.Results.Count);
        Assert.Equal(changed.ToString(), read.Of(first.Experiment)!.ToString());
        Assert.Equal(13, read.Of(first.Experiment)!.SecondsPerThousand);
        Assert.Equal([1, 2.5, 3], read.Of(first.Experiment)!.Quality.FrechetPerClass);
        Assert.Equal(0.875, read.Of(first.Experiment)!.Quality.AccuracyScore);
        Assert.Null(read.Of(second.Experiment)!.Quality.Agreement);
        Assert.Null(read.Of(second.Experiment with { Steps = 7 }));
        Assert.Equal("0123456789ab", read.Of(first.Experiment)!.WeightsVersion);
        Assert.Equal([path], Directory.GetFiles(folder.Location));

        // Two processes that measure at once don't lose each other's rows.
        table.Add(changed with { Experiment = first.Experiment with { Steps = 7 } });
        read.Add(changed with { Experiment = first.Experiment with { Steps = 8 } });
        Assert.Equal(4, new ResultsTable(path).Results.Count);

        var sound = File.ReadAllText(path);
        var last = sound.TrimEnd().Split('\n')[^1];
        foreach (
            var line in new[] { "best,ddim,many", last.Replace(",8,", ",99999999999,"), last + "," }
        )
        {
            File.WriteAllText(path, sound + line + "\n");
            Assert.Contains(
                "line 6",
                Assert.Throws<InvalidDataException>(() => new ResultsTable(path)).Message
            );
        }
    }

    /// <summary>A row of a model that was trained again since would be about another one.</summary>
    [Fact]
    public void The_shipped_results_are_those_of_the_shipped_weights()
    {
        var shipped = ModelRecipe.All.Select(r => r.Name).Append(Experiment.Real).ToArray();
        // One file's checksum is the same for all rows that it made.
        Assert.All(
            ResultsTable
                .Load()
                .Results.Where(r => shipped.Contains(r.Experiment.Model))
                .GroupBy(r => (r.Experiment.Model, r.Experiment.Guide)),
            rows =>
            {
                var version = rows.First().Experiment.WeightsVersion();
                Assert.All(rows, r => Assert.Equal(version, r.WeightsVersion));
            }
        );
    }

    [Fact]
    public void Images_drawn_in_parts_are_those_drawn_at_once()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var sampler = Sampler.Strided(NoiseSchedule.Linear(), 3, eta: 1);
        Tensor Draw(int count, string? where) =>
            GeneratedImages.Draw(sampler, new Halving(), count, seed: 5, where);
        var whole = Draw(300, null);
        // 200 are kept, one of them then lost, as after an interruption.
        Draw(200, folder.Location);
        File.Delete(Directory.GetFiles(folder.Location).Order().First());
        var kept = Directory.GetFiles(folder.Location).Single();
        var written = File.GetLastWriteTimeUtc(kept);
        Assert.Equal(whole.Values(), Draw(300, folder.Location).Values());
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        Assert.NotEqual(whole[0].Values(), whole[100].Values());
        Assert.Throws<ArgumentException>(() => Draw(250, null));
    }

    /// <summary>Real test images against themselves, and what is done to them shows in the right numbers.</summary>
    [Fact]
    [Slow("Four sets of pictures are measured, by class too.")]
    public void Quality_says_what_was_done_to_real_images()
    {
        using var scope = NewDisposeScope();
        // Pictures enough for all four to show; with all 10,000 it would take twenty times as long.
        var (test, train) = (RealPictures.Test, RealPictures.Train);
        using var some = new FashionMnist(test.Images[..1000], test.Labels[..1000]);
        using var measure = new QualityMeasure(TrainedWeights.Classifier(), some);
        var (images, labels) = (train.Images[..400], train.Labels[..400]);
        var real = measure.Of(images, labels);
        Assert.InRange(real.Agreement!.Value, 0.9, 1);
        Assert.InRange(real.Precision, 0.85, 1);
        Assert.Equal(10, real.FrechetPerClass.Count);

        var noisy = measure.Of(images + randn(images.shape) * 0.2, labels);
        Assert.True(noisy.Frechet > 5 * real.Frechet, $"{noisy} against {real}");
        // Wrong labels change the agreement and nothing else.
        var wrong = measure.Of(images, (labels + 1).remainder(10));
        Assert.InRange(wrong.Agreement!.Value, 0, 0.1);
        Assert.Equal(real.Frechet, wrong.Frechet, 1e-9);
        // Only trousers: as sharp as any, but most of what there is, is missing.
        var trousers = train.OfClass(1)[..400];
        var narrow = measure.Of(trousers);
        Assert.True(narrow.Recall < 0.3 && narrow.Precision > 0.7, $"{narrow}");
        Assert.Null(narrow.Agreement);
        Assert.Throws<ArgumentException>(() => measure.Of(images, labels[..5]));
    }

    [Fact]
    public void An_experiment_names_its_sampler_and_its_price()
    {
        var schedule = NoiseSchedule.Linear();
        var ddim = new Experiment
        {
            Model = "best",
            Steps = 20,
            Eta = 0.5,
        };
        Assert.Equal(20, ddim.Evaluations);
        var guided = ddim with { Scale = 3 };
        Assert.Equal(40, guided.Evaluations);
        // 1000, 950, …, 50 are asked, and of them 500, 450, …, 100 twice.
        Assert.Equal(29, (guided with { Interval = (100, 500) }).Evaluations);
        Assert.Equal(40, (guided with { Interval = (0, 1000) }).Evaluations);
        var sampler = Assert.IsType<Sampler>(ddim.MakeSampler(schedule));
        Assert.Equal((0.5, 20, true), (sampler.Eta, sampler.Evaluations, sampler.Clip));
        Assert.IsType<DpmSolver>((ddim with { Solver = "dpm-solver++" }).MakeSampler(schedule));
        Assert.IsType<UniPc>((ddim with { Solver = "unipc" }).MakeSampler(schedule));
        Assert.Equal(Spacing.Trailing(1000, 20), sampler.Timesteps);
        Assert.Equal(
            Spacing.Quadratic(1000, 20),
            (ddim with { Power = 2 }).MakeSampler(schedule).Timesteps
        );
        Assert.Contains(
            "choose ddim",
            Assert
                .Throws<ArgumentException>(() => (ddim with { Solver = "x" }).MakeSampler(schedule))
                .Message
        );
        var keys = Experiments.Groups.Values.SelectMany(g => g).Distinct().ToArray();
        Assert.Equal(keys.Length, keys.Select(e => e.Key).Distinct().Count());
    }

    [Fact]
    public void A_table_shows_itself_with_headings_and_as_text()
    {
        var table = new Table(
            "What <it> shows",
            ["", "b"],
            [
                ["x", "1"],
                ["long name", "2.5"],
            ]
        );
        var html = new HtmlParser().ParseDocument(table.ToHtml());
        Assert.Equal("What <it> shows", html.QuerySelector("caption")!.TextContent);
        Assert.Single(html.QuerySelectorAll("thead th[scope=col]"));
        Assert.Equal(2, html.QuerySelectorAll("thead tr > *").Length);
        Assert.Equal(
            ["x", "long name"],
            html.QuerySelectorAll("tbody th[scope=row]").Select(h => h.TextContent)
        );
        Assert.Equal(["1", "2.5"], html.QuerySelectorAll("tbody td").Select(c => c.TextContent));
        Assert.Equal(
            ["What <it> shows", "             b", "x            1", "long name  2.5"],
            table.ToString().Split('\n')
        );
        Assert.Contains(
            "1 cells under 2 headings",
            Assert
                .Throws<ArgumentException>(() =>
                    new Table(
                        "",
                        ["a", "b"],
                        [
                            ["x"],
                        ]
                    )
                )
                .Message
        );
    }

    /// <summary>A column of numbers is read at its right end, one of words at its left.</summary>
    [Fact]
    public void Words_stand_left_and_numbers_right()
    {
        var table = new Table(
            "Both",
            ["name", "what", "how much", "how well"],
            [
                ["a", "a word", "± 0.5", "93 %"],
                ["b", "2 words", "", "-"],
                ["c", "3", "-1.25", "7"],
            ]
        );
        var html = new HtmlParser().ParseDocument(table.ToHtml());
        foreach (var row in html.QuerySelectorAll("thead tr, tbody tr"))
            Assert.Equal(
                ["left", "left", "right", "right"],
                row.Children.Select(c => Style(c).Single(s => s.Contains("align")).Split(':')[1])
            );
        // A number and its "±" are not torn apart; words may be.
        Assert.All(
            html.QuerySelectorAll("tbody td"),
            c =>
                Assert.Equal(
                    Style(c).Contains("text-align:right"),
                    Style(c).Contains("white-space:nowrap")
                )
        );
        Assert.Equal(
            [
                "Both",
                "name  what     how much  how well",
                "a     a word      ± 0.5      93 %",
                "b     2 words                   -",
                "c     3           -1.25         7",
            ],
            table.ToString().Split('\n')
        );
    }

    private sealed class Halving : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) => x / 2;
    }

    private static string[] Style(AngleSharp.Dom.IElement element) =>
        element.GetAttribute("style")!.Split(';');
}
