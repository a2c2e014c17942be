using System;
using System.CommandLine;
using System.CommandLine.Completions;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Commands;

/// <summary>The runner's commands and options.</summary>
internal static class CommandLine
{
    private const string About = """
        Runs the notebooks without an editor. With no command: runs every chapter that has changed
        since it last ran, and writes the book.

        From the repository's folder:
          dotnet run --project environment/Runner
          dotnet run --project environment/Runner -- run notebooks/01-forward-process.dib
          dotnet run --project environment/Runner -- check
          dotnet run --project environment/Runner -- train tiny

        Exit codes: 0 all went well; 1 a notebook failed, or check or doctor found something;
        2 the command could not begin, or could not write; 3 a defect of the runner;
        130 Ctrl-C, 143 SIGTERM.
        """;

    // Eleven days; timers end at 49.
    private const int LongestTimeout = 1_000_000;
    private const int MostJobs = 1_000;

    /// <summary>Of every command.</summary>
    public static Option<bool> Quiet { get; } =
        new("--quiet", "-q") { Description = "Say only what went wrong.", Recursive = true };

    /// <param name="children">Who runs and checks notebooks.</param>
    public static RootCommand Root(IChildren children)
    {
        var timeout = new Option<int>("--timeout")
        {
            Description = "Seconds that one cell may take.",
            HelpName = "seconds",
            DefaultValueFactory = _ => 600,
            Recursive = true,
        };
        var jobs = new Option<int>("--jobs")
        {
            Description =
                "Notebooks that run at once, sharing the cores. On two cores one is fastest; each needs its memory.",
            HelpName = "number",
            DefaultValueFactory = _ => 1,
            Recursive = true,
        };
        var fresh = new Option<bool>("--fresh")
        {
            Description = "Run every chapter, also those in which nothing has changed.",
        };
        var open = new Option<bool>("--open")
        {
            Description = "Show the book in the browser when it is written.",
        };
        var zip = new Option<bool>("--zip")
        {
            Description = "Also pack the book into book.zip, one file for a memory stick.",
        };
        var root = new RootCommand(About) { timeout, jobs, fresh, open, zip, Quiet };
        root.SetAction(
            (parsed, cancel) =>
                GuardedAsync(
                    () =>
                        new BookCommand(
                            Options(parsed, timeout, jobs, children),
                            parsed.GetValue(fresh),
                            parsed.GetValue(open),
                            parsed.GetValue(zip)
                        ).RunAsync(cancel),
                    cancel
                )
        );

        var files = Files("The notebooks to run: files, or chapters (03, B).", required: true);
        var output = new Option<string?>("--output")
        {
            HelpName = "folder",
            Description = "Also write the pages of these notebooks to this folder.",
        };
        var run = new Command("run", "Run notebooks and say how they went.") { files, output };
        run.SetAction(
            (parsed, cancel) =>
                GuardedAsync(
                    () =>
                        new RunCommand(Options(parsed, timeout, jobs, children)).RunAsync(
                            parsed.GetValue(files)!,
                            FolderOf(parsed, output),
                            cancel
                        ),
                    cancel
                )
        );
        root.Add(run);

        var checkedFiles = Files(
            "The notebooks to check; all where none is named.",
            required: false
        );
        var check = new Command(
            "check",
            "Compile notebooks and refuse what the notebook engine would refuse, without running them."
        )
        {
            checkedFiles,
        };
        check.SetAction(
            (parsed, cancel) =>
                GuardedAsync(
                    () => CheckCommand.RunAsync(children, parsed.GetValue(checkedFiles)!, cancel),
                    cancel
                )
        );
        root.Add(check);

        var exported = Files(
            "The notebooks to export; all chapters where none is named.",
            required: false
        );
        var folder = new Option<string?>("--output")
        {
            HelpName = "folder",
            Description = "Where the .ipynb files go.",
            DefaultValueFactory = _ => "export",
        };
        var export = new Command(
            "export",
            "Run notebooks and write them as .ipynb with their outputs."
        )
        {
            exported,
            folder,
        };
        export.SetAction(
            (parsed, cancel) =>
                GuardedAsync(
                    () =>
                        new ExportCommand(Options(parsed, timeout, jobs, children)).RunAsync(
                            parsed.GetValue(exported)!,
                            FolderOf(parsed, folder)!,
                            cancel
                        ),
                    cancel
                )
        );
        root.Add(export);

        root.Add(Train());
        root.Add(Evaluate());

        var fix = new Option<bool>("--fix")
        {
            Description =
                "Also cure TorchSharp's library in the NuGet package folder, where notebook hosts take it from.",
        };
        var doctor = new Command(
            "doctor",
            "Say what is wrong with this machine's set-up, and the cure."
        )
        {
            fix,
        };
        doctor.SetAction(
            (parsed, cancel) => LeavableAsync(() => DoctorCommand.Run(parsed.GetValue(fix)), cancel)
        );
        root.Add(doctor);

        var list = new Command("list", "Say which chapters there are.");
        list.SetAction((_, cancel) => LeavableAsync(ListCommand.Run, cancel));
        root.Add(list);
        var clean = new Command(
            "clean",
            "Remove the book, and what is remembered of earlier runs. Trainings and exports stay."
        );
        clean.SetAction(
            (_, cancel) => GuardedAsync(() => Task.FromResult(CleanCommand.Run(cancel)), cancel)
        );
        root.Add(clean);

        var completion = new Command(
            "completion",
            "Print a script for bash or zsh: the short name 'diffusion' for this runner, and completion with Tab."
        );
        completion.SetAction(_ => CompletionCommand.Run(root));
        root.Add(completion);
        return root;
    }

    private static Command Train()
    {
        var model = new Argument<string>("model")
        {
            Description = $"Which: {string.Join(", ", TrainCommand.Models)}.",
            CompletionSources = { _ => TrainCommand.Models.Select(m => new CompletionItem(m)) },
        };
        var minutes = new Option<double?>("--minutes")
        {
            HelpName = "number",
            Description =
                "Stop after so long; the same command goes on from there. Without it: until done.",
        };
        var output = new Option<string?>("--output")
        {
            HelpName = "folder",
            Description =
                "Where checkpoints, log, pictures and weights go; work/training/<model> where it is not said.",
        };
        var every = new Option<int>("--every")
        {
            HelpName = "steps",
            Description = "Steps between two checkpoints.",
            DefaultValueFactory = _ => 200,
        };
        var device = Device();
        var train = new Command(
            "train",
            "Make one of the models in data/weights, in one sitting or many."
        )
        {
            model,
            minutes,
            output,
            every,
            device,
        };
        train.SetAction(
            (parsed, cancel) =>
                GuardedAsync(
                    () =>
                        Task.FromResult(
                            TrainCommand.Run(
                                parsed.GetValue(model)!,
                                parsed.GetValue(minutes),
                                FolderOf(parsed, output),
                                parsed.GetValue(every),
                                parsed.GetValue(device)!,
                                cancel
                            )
                        ),
                    cancel
                )
        );
        return train;
    }

    private static Command Evaluate()
    {
        var groups = new Argument<string[]>("groups")
        {
            Description =
                $"Which experiments: {string.Join(", ", EvaluateCommand.Groups)}; all where none is named.",
            Arity = ArgumentArity.ZeroOrMore,
            CompletionSources = { _ => EvaluateCommand.Groups.Select(g => new CompletionItem(g)) },
        };
        var only = new Option<string>("--only")
        {
            HelpName = "text",
            Description = "Only experiments whose name has this text in it.",
            DefaultValueFactory = _ => "",
        };
        var again = new Option<bool>("--again")
        {
            Description = "Also those whose result is in data/results already.",
        };
        var device = Device();
        var evaluate = new Command(
            "evaluate",
            "Measure the models in data/weights: the table behind the page of results."
        )
        {
            groups,
            only,
            again,
            device,
        };
        evaluate.SetAction(
            (parsed, cancel) =>
                GuardedAsync(
                    () =>
                        Task.FromResult(
                            EvaluateCommand.Run(
                                parsed.GetValue(groups)!,
                                parsed.GetValue(only)!,
                                parsed.GetValue(again),
                                parsed.GetValue(device)!,
                                cancel
                            )
                        ),
                    cancel,
                    "What was measured and drawn is kept: the same command goes on from there."
                )
        );
        return evaluate;
    }

    private static Option<string> Device() =>
        new("--device")
        {
            HelpName = "name",
            Description =
                $"Where it is computed: {string.Join(" or ", LibraryWork.Devices)}; the latter needs libtorch for CUDA.",
            DefaultValueFactory = _ => LibraryWork.Devices[0],
            CompletionSources = { _ => LibraryWork.Devices.Select(d => new CompletionItem(d)) },
        };

    private static Argument<string[]> Files(string description, bool required) =>
        new("files")
        {
            Description = description,
            Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        };

    private static RunOptions Options(
        ParseResult parsed,
        Option<int> timeout,
        Option<int> jobs,
        IChildren children
    )
    {
        var (seconds, atOnce) = (parsed.GetValue(timeout), parsed.GetValue(jobs));
        if (seconds is < 1 or > LongestTimeout)
            throw new NotebookException(
                $"A cell cannot be given {seconds} seconds: --timeout must be from 1 to {LongestTimeout:n0}."
            );
        return atOnce is > 0 and <= MostJobs
            ? new RunOptions(TimeSpan.FromSeconds(seconds), atOnce, children)
            : throw new NotebookException(
                $"{atOnce} notebooks cannot run at once: --jobs must be from 1 to {MostJobs:n0}."
            );
    }

    /// <exception cref="NotebookException">It was given and is empty, such as by a variable that isn't set.</exception>
    private static string? FolderOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { Length: 0 }
            ? throw new NotebookException(
                $"{option.Name} was given an empty name: say a folder, or leave it out."
            )
            : parsed.GetValue(option);

    private static Task<int> GuardedAsync(
        Func<Task<int>> command,
        CancellationToken cancel,
        string whenCancelled = "Nothing was changed."
    ) => Mishaps.GuardAsync(command, cancel, whenCancelled);

    /// <summary>For commands that leave nothing half-done and know no end before their own.</summary>
    private static Task<int> LeavableAsync(Func<int> command, CancellationToken cancel) =>
        GuardedAsync(() => Task.Run(command, cancel).WaitAsync(cancel), cancel);
}
