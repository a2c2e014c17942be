using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Linting;
using Spectre.Console;
using Xunit;
using Program = Diffusion.Runner.Program;

namespace Diffusion.Tests.Runner;

/// <summary>
/// The real runner in the tests' own process, notebooks too, without libtorch: a command takes a tenth of what it takes
/// in processes of its own, where all is compiled anew. What is about processes needs <see cref="RunnerProcess"/>.
/// </summary>
internal sealed class RunnerHere : IChildren
{
    private const int WidthOfFiles = 4000;

    /// <summary>Runs a command to its end.</summary>
    /// <param name="workingDirectory">Where it is given.</param>
    /// <param name="arguments">As typed.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string workingDirectory,
        params string[] arguments
    )
    {
        using var said = new StringWriter { NewLine = "\n" };
        var (output, error, console, directory, culture) = (
            Console.Out,
            Console.Error,
            AnsiConsole.Console,
            Environment.CurrentDirectory,
            CultureInfo.CurrentCulture
        );
        try
        {
            Environment.CurrentDirectory = workingDirectory;
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            Console.SetOut(said);
            Console.SetError(said);
            AnsiConsole.Console = AnsiConsole.Create(
                new AnsiConsoleSettings
                {
                    Ansi = AnsiSupport.No,
                    ColorSystem = ColorSystemSupport.NoColors,
                    Interactive = InteractionSupport.No,
                    Out = new AnsiConsoleOutput(said),
                }
            );
            AnsiConsole.Profile.Width = WidthOfFiles;
            var code = await Program.RunAsync(
                arguments,
                new RunnerHere(),
                TestContext.Current.CancellationToken
            );
            return (code, said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            AnsiConsole.Console = console;
            Environment.CurrentDirectory = directory;
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <inheritdoc/>
    public async Task<Ending> RunAsync(
        string command,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Action<WorkerEvent> take,
        CancellationToken end
    )
    {
        var directory = Environment.CurrentDirectory;
        // Through JSON, as between processes.
        void Report(WorkerEvent e) => take(WorkerEvent.FromJson(e.ToJson()));
        if (command == Worker.Command)
            await Worker.RunAsync(arguments[0], () => Task.CompletedTask, Report);
        else
            Checker.Run(arguments, Report);
        Environment.CurrentDirectory = directory;
        return new Ending(0, "", null);
    }
}
