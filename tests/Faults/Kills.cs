using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Diffusion.Faults;

/// <summary>SIGKILL at random moments of everything that takes time.</summary>
internal sealed class Kills : IDisposable
{
    private readonly Random random = new(1);
    private readonly SmallClone clone = new();
    private readonly string folder = Directory.CreateTempSubdirectory("faults-").FullName;
    private readonly Lazy<TimeSpan> bookTime;
    private readonly Lazy<TimeSpan> exportTime;
    private readonly Lazy<TimeSpan> trainingTime;

    public Kills()
    {
        bookTime = new(() => Timed(() => clone.Book()));
        exportTime = new(() => Timed(() => Export().End()));
        trainingTime = new(() => Timed(WholeTraining));
    }

    public IEnumerable<Fault> All =>
        [
            new(
                "SIGKILL while the book is made",
                "the old book or the new one, whole; the next run tidies up",
                60,
                _ => BookKilled()
            )
            {
                Afterwards = BookAfterwards,
            },
            new(
                "SIGKILL while a notebook runs",
                "its process ends too; nothing was changed",
                30,
                _ => Notebook()
            ),
            new(
                "SIGKILL while notebooks are exported",
                "the old file or the new one, whole",
                40,
                _ => ExportKilled()
            )
            {
                Afterwards = ExportAfterwards,
            },
            new(
                "SIGKILL while a model is trained",
                "the next command goes on; the weights at the end are bit for bit those of an uninterrupted training",
                60,
                _ => TrainingKilled()
            )
            {
                Afterwards = TrainingAfterwards,
            },
            new(
                "SIGKILL while the project is built",
                "the next build succeeds, and the runner runs",
                20,
                _ => Build()
            ),
        ];

    public void Dispose()
    {
        clone.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private TimeSpan SomeOf(TimeSpan time) => time * random.NextDouble();

    private static TimeSpan Timed(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed;
    }

    private void BookKilled()
    {
        var time = SomeOf(bookTime.Value);
        using (var run = clone.Start("--fresh"))
            run.KillAfter(time);
        clone.RequireWholeBook();
    }

    private void BookAfterwards()
    {
        clone.Book();
        clone.RequireNothingLeft();
    }

    private void Notebook()
    {
        var time = SomeOf(bookTime.Value);
        var before = clone.Text();
        using (var run = clone.Start("run", "notebooks/00-first.dib", "notebooks/01-second.dib"))
            run.KillAfter(time);
        Fault.Require(clone.Text() == before, "The book changed.");
        clone.RequireNothingLeft();
    }

    private Command Export() =>
        clone.Start("export", "notebooks/00-first.dib", "notebooks/01-second.dib");

    private void ExportKilled()
    {
        var time = SomeOf(exportTime.Value);
        using (var run = Export())
            run.KillAfter(time);
        foreach (var notebook in Directory.GetFiles(clone["export"], "*.ipynb"))
            SmallClone.RequireNotebook(notebook);
        Fault.Require(
            Directory.GetFiles(clone["export"], "*.ipynb").Length == 2,
            "An exported notebook is gone."
        );
    }

    private void ExportAfterwards()
    {
        using (var whole = Export())
            Fault.Require(whole.End() == 0, whole.Output);
        clone.RequireNothingLeft();
    }

    private Command Train(string output) =>
        new(
            Command.Repository,
            [
                "dotnet",
                Command.Runner,
                "train",
                "tiny",
                "--every",
                "5",
                "--output",
                Path.Combine(folder, output),
            ]
        );

    private void WholeTraining()
    {
        using var whole = Train("whole");
        Fault.Require(whole.End() == 0, whole.Output);
    }

    private void TrainingKilled()
    {
        var time = SomeOf(trainingTime.Value / 4);
        using (var part = Train("parts"))
            // Some of them before it has begun; eight or so get through it.
            if (!part.KillAfter(time))
            {
                Fault.Require(part.End() == 0, part.Output);
                Compare();
                Directory.Delete(Path.Combine(folder, "parts"), recursive: true);
            }
    }

    private void TrainingAfterwards()
    {
        using (var rest = Train("parts"))
            Fault.Require(rest.End() == 0, rest.Output);
        Compare();
    }

    private void Compare()
    {
        Fault.Require(
            Tensors(Path.Combine(folder, "whole"))
                .SequenceEqual(Tensors(Path.Combine(folder, "parts"))),
            "The weights are other ones than without interruption."
        );
        Fault.Require(
            Directory.GetFiles(Path.Combine(folder, "parts"), "*.tmp").Length == 0,
            "An unfinished file is left."
        );
    }

    /// <summary>The tensors of a weights file; the card in front of them tells hours and date.</summary>
    public static byte[] Tensors(string output)
    {
        var file = File.ReadAllBytes(Path.Combine(output, "tiny.safetensors"));
        return file[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file))..];
    }

    private void Build()
    {
        var sources = Path.Combine(folder, "sources");
        if (!Directory.Exists(sources))
        {
            using var copy = new Command(
                Command.Repository,
                ["git", "clone", "--quiet", ".", sources]
            );
            Fault.Require(copy.End() == 0, copy.Output);
        }
        string[] build =
        [
            "dotnet",
            "build",
            "environment/Runner",
            "--nodeReuse:false",
            "-p:UseSharedCompilation=false",
        ];
        using (var part = new Command(sources, build))
            part.KillAfter(TimeSpan.FromSeconds(1 + 14 * random.NextDouble()));
        using (var whole = new Command(sources, build))
            Fault.Require(whole.End() == 0, whole.Output);
        using (
            var run = new Command(
                sources,
                ["dotnet", "run", "--no-build", "--project", "environment/Runner", "--", "list"]
            )
        )
            Fault.Require(run.End() == 0, run.Output);
        // The next one has something to do.
        File.AppendAllText(Path.Combine(sources, "lib", "Diffusion", "Host.csx"), "// once more\n");
    }
}
