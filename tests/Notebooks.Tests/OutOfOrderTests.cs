using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Diffusion.Tests;
using SlowTests;
using Xunit;

namespace Notebooks.Tests;

/// <summary>What readers do who don't press Run All: cells run twice, and Stop in the middle.</summary>
public sealed partial class OutOfOrderTests
{
    public static TheoryData<string> Chapters => SolutionTests.Chapters;

    /// <summary>A cell that is run again computes the same, and its checks hold again.</summary>
    [Theory]
    [MemberData(nameof(Chapters))]
    [Slow("Up to a hundred cells are compiled and computed twice.")]
    public async Task Every_quick_cell_can_be_run_twice(string file)
    {
        var path = Path.Combine(Repository.Root, "notebooks", file);
        // The cells with which every chapter begins are the same ones: once will do.
        var first = file == Chapters.First().Data;
        var chapter = new Chapter(
            path,
            DibDocument
                .Read(path)
                .Cells.Where(c => c.Kind == CellKind.CSharp)
                .SelectMany(c =>
                    Enumerable.Repeat(c, !first && Beginning().IsMatch(c.Source) ? 1 : 2)
                )
                .ToArray()
        );
        var slow = SlowCells.In(chapter);
        var quick = chapter.Code.Where(i => !chapter.Needs.Of(i).Any(slow.Contains)).ToArray();
        var (_, failure) = await chapter.RunAsync(quick);
        Assert.True(failure is null, $"{failure}");
        // At least so many: otherwise this would be a test of nothing. The others are run twice by the long test below.
        Assert.True(
            quick.Length > 0.3 * chapter.Cells.Count,
            $"{quick.Length} of {chapter.Cells.Count} cells are quick."
        );
    }

    /// <summary>The same with every cell, in the runner; takes a quarter of an hour.</summary>
    [LongTheory]
    [MemberData(nameof(Chapters))]
    public void Every_cell_can_be_run_twice(string chapter)
    {
        using var clone = new BrokenClone();
        var path = clone.PathOf(Path.Combine("notebooks", chapter));
        var cells = Selector().Split(File.ReadAllText(path));
        File.WriteAllText(
            path,
            string.Concat(
                cells.Select(c =>
                    c.StartsWith("#!csharp\n", StringComparison.Ordinal)
                        ? $"{c.TrimEnd()}\n\n{c.TrimEnd()}\n\n"
                        : c
                )
            )
        );
        var (exitCode, said) = RunnerProcess.Run(clone.PathOf("."), "run", path);
        Assert.True(exitCode == 0, said);
    }

    /// <summary>Stop ends sampling and training between two steps, and what comes behind is as if it had not been pressed.</summary>
    [Fact]
    public async Task Stop_in_the_middle_leaves_nothing_wrong_behind()
    {
        var stopped = new Chapter(
            Path.Combine(Repository.Root, "notebooks", "stopped.dib"),
            DibDocument.Parse(Stopped).Cells
        );
        var (_, failure) = await stopped.RunAsync(stopped.Code);
        Assert.True(failure is null, $"{failure}");
    }

    [GeneratedRegex("^#(?:load|!import)", RegexOptions.Multiline)]
    private static partial Regex Beginning();

    [GeneratedRegex("^(?=#!(?:csharp|markdown)$)", RegexOptions.Multiline)]
    private static partial Regex Selector();

    // The engine's Stop cancels the cell's token. Here a cell gets one that is cancelled after some steps.
    private const string Stopped = """
        #!csharp

        #!import ../environment/cpu.dib

        #!csharp

        #load "../lib/Diffusion.csx"

        #!csharp

        using System.Reflection;
        using System.Threading;
        using TorchSharp;
        using static TorchSharp.torch;

        Host.Start();
        int StepsUntilStopped(IEnumerable<object> steps, int stopAt)
        {
            var stop = new CancellationTokenSource();
            var type = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.GetType();
            var before = Microsoft.DotNet.Interactive.KernelInvocationContext.Current;
            var hidden = BindingFlags.Instance | BindingFlags.NonPublic;
            var constructor = type.GetConstructors(hidden).Single();
            var show = type.GetField("show", hidden).GetValue(before);
            var current = type.GetProperty("Current", BindingFlags.Static | BindingFlags.Public);
            current.SetValue(null, constructor.Invoke(new object[] { show, stop.Token }));
            var done = 0;
            try
            {
                foreach (var step in steps)
                    if (++done == stopAt)
                        stop.Cancel();
                throw new Exception("Nothing was stopped.");
            }
            catch (OperationCanceledException)
            {
                return done;
            }
            finally
            {
                current.SetValue(null, before);
            }
        }

        #!csharp

        var recipe = ModelRecipe.Named("tiny");
        var schedule = NoiseSchedule.Linear();
        UNet Made() => (UNet)recipe.MakeNetwork();
        Tensor Draw(UNet network) =>
            Sampler.Ddim(schedule, steps: 20).Sample(ModelSamples.Predictor(network, schedule, 20), [4, 1, 32, 32], seed: 3);
        bool Same(Tensor a, Tensor b) => a.allclose(b, 0, 0);

        var network = Made();
        var whole = Draw(network);

        #!csharp

        var noise = randn(new long[] { 4, 1, 32, 32 }, generator: new Generator(3));
        var steps = Sampler.Ddim(schedule, steps: 20).Steps(ModelSamples.Predictor(network, schedule, 20), noise);
        var sampled = StepsUntilStopped(Progress.Over(steps.Cast<object>(), 20, "Sampling"), 7);
        if (sampled != 7)
            throw new Exception($"Sampling went on to step {sampled}.");
        if (!Same(whole, Draw(network)))
            throw new Exception("After Stop other images were drawn.");

        #!csharp

        var data = FashionMnist.Test();
        var images = data.Images.narrow(0, 0, 512);
        var trainer = recipe.MakeTrainer(network);
        var trained = StepsUntilStopped(Progress.Over(trainer.Run(images).Cast<object>(), 100, "Training"), 5);
        if (trained != 5 || trainer.Step != 5)
            throw new Exception($"Training stands at step {trainer.Step}, {trained} were seen.");
        foreach (var step in trainer.Run(images).Take(3)) { }
        var other = Made();
        var uninterrupted = recipe.MakeTrainer(other);
        foreach (var step in uninterrupted.Run(images).Take(8)) { }
        foreach (var (name, weight) in other.state_dict())
            if (!Same(weight, network.state_dict()[name]))
                throw new Exception($"{name} is another one than without Stop.");

        """;
}
