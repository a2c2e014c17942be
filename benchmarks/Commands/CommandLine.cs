using System;
using System.CommandLine;
using System.IO;
using Diffusion.Benchmarks.Memory;
using Diffusion.Benchmarks.Profile;
using Diffusion.Benchmarks.PyTorch;
using Diffusion.Benchmarks.Reports;
using Diffusion.Benchmarks.Works;

namespace Diffusion.Benchmarks.Commands;

/// <summary>The program's commands and options.</summary>
internal static class CommandLine
{
    private const string About = """
        Measures the library on this machine and writes tables in Markdown. With no command: times
        beside the machine's own peaks, growth with images and steps, memory.
        """;

    private static readonly Option<int> Repetitions = Count(
        "--repetitions",
        "Rounds of measuring; medians and spreads are over these.",
        5,
        recursive: true
    );

    private static readonly Option<string?> Output = new("--output")
    {
        Description = "Where the tables go; the console where nothing is said.",
        HelpName = "file",
        Recursive = true,
    };

    private static readonly Option<string> Only = new("--only")
    {
        Description = "Of the times, measure only what has this text in its name.",
        HelpName = "text",
        DefaultValueFactory = _ => "",
        Recursive = true,
    };

    private static readonly Option<int> SamplingSteps = Count(
        "--sampling-steps",
        "Steps of sampling over which memory is watched.",
        1000
    );

    private static readonly Option<int> TrainingSteps = Count(
        "--training-steps",
        "Steps of training over which memory is watched.",
        200
    );

    public static RootCommand Root()
    {
        var root = new RootCommand(About)
        {
            Repetitions,
            Output,
            Only,
            SamplingSteps,
            TrainingSteps,
        };
        Act(
            root,
            "Times, growth and memory",
            (parsed, report) =>
            {
                Times(parsed, report);
                Growth(parsed, report);
                Memory(parsed, report);
            }
        );
        root.Add(Act(new Command("times", "Only the times beside the peaks."), "Times", Times));
        root.Add(Act(new Command("growth", "Only the growth."), "Growth", Growth));
        root.Add(
            Act(
                new Command("memory", "Only the memory.") { SamplingSteps, TrainingSteps },
                "Memory",
                Memory
            )
        );
        root.Add(
            Act(
                new Command("profile", "Where the time of a step goes, as oneDNN reports it."),
                "Where the time of a step goes",
                Profile
            )
        );
        root.Add(
            Act(
                new Command("precision", "What bfloat16 changes in predictions and in images."),
                "What bfloat16 changes",
                (_, report) => PrecisionSection.AddTo(report, new Networks())
            )
        );
        root.Add(PyTorch());
        return root;
    }

    private static Command PyTorch()
    {
        var python = new Option<string>("--python")
        {
            Description = "How to start a Python that has PyTorch and NumPy.",
            HelpName = "command",
            DefaultValueFactory = _ => "python3",
        };
        var root = new Option<string?>("--root")
        {
            Description = "The repository's folder as that Python sees it, such as in a chroot.",
            HelpName = "folder",
        };
        var command = new Command("pytorch", "The same work in PyTorch, in turns with ours.")
        {
            python,
            root,
        };
        return Act(
            command,
            "PyTorch and this library",
            (parsed, report) =>
                PyTorchSection.AddTo(
                    report,
                    new Networks(),
                    new PythonSettings(parsed.GetValue(python)!, parsed.GetValue(root)),
                    parsed.GetValue(Repetitions),
                    parsed.GetValue(Only)!
                )
        );
    }

    private static void Times(ParseResult parsed, Report report) =>
        TimesSection.AddTo(
            report,
            new Networks(),
            parsed.GetValue(Repetitions),
            parsed.GetValue(Only)!
        );

    private static void Growth(ParseResult parsed, Report report) =>
        GrowthSection.AddTo(report, new Networks(), parsed.GetValue(Repetitions));

    private static void Memory(ParseResult parsed, Report report) =>
        MemorySection.AddTo(report, parsed.GetValue(SamplingSteps), parsed.GetValue(TrainingSteps));

    private static void Profile(ParseResult parsed, Report report)
    {
        foreach (var work in new[] { ProfiledRun.Sampling, ProfiledRun.Training })
        foreach (var format in new Networks().Formats)
            ProfileSection.AddTo(report, work, format, parsed.GetValue(Repetitions));
    }

    private static Option<int> Count(
        string name,
        string description,
        int ordinary,
        bool recursive = false
    )
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => ordinary,
            Recursive = recursive,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }

    private static Command Act(Command command, string title, Action<ParseResult, Report> measure)
    {
        command.SetAction(parsed =>
        {
            try
            {
                Setup.Apply();
                var report = new Report(title);
                measure(parsed, report);
                report.Write(parsed.GetValue(Output));
                return 0;
            }
            catch (Exception e) when (e is InvalidOperationException or IOException)
            {
                // What the machine lacks, in words; a defect of the program keeps its stack trace.
                Console.Error.WriteLine(e.Message);
                return 1;
            }
        });
        return command;
    }
}
