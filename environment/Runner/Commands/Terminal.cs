using System;
using System.IO;
using Diffusion.Runner.Execution;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>What all commands write in the same way.</summary>
internal static class Terminal
{
    // Wide enough for any path or line of code.
    private const int WidthOfFiles = 4000;

    // What went wrong is said here, also where all else is kept quiet.
    private static IAnsiConsole loud = AnsiConsole.Console;

    /// <summary>Before anything is said.</summary>
    public static void Guard()
    {
        Console.SetOut(new GuardedWriter(Console.Out, e => throw new OutputException(e)));
        // Where nothing can be said of it, the exit code must do.
        Console.SetError(new GuardedWriter(Console.Error, _ => { }));
    }

    /// <summary>A file or pipe has no width: what is written there is not broken into lines of 80.</summary>
    /// <param name="quiet">From now on only what went wrong is said.</param>
    public static void Prepare(bool quiet)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WidthOfFiles;
        loud = AnsiConsole.Console;
        loud.Pipeline.Attach(new VisibleOutput());
        if (!quiet)
            return;
        Console.SetOut(TextWriter.Null);
        AnsiConsole.Console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }
        );
    }

    public static void WriteFailure(CellFailure failure) => Complain($"{failure.ToString()}");

    /// <summary>Says what went wrong, or stands in the way.</summary>
    public static void Complain(FormattableString text)
    {
        var said = FormattableString.Invariant(text);
        try
        {
            loud.MarkupLineInterpolated($"[red]{said}[/]");
        }
        catch (OutputException)
        {
            Console.Error.WriteLine(VisibleText.Of(said));
            throw;
        }
    }
}
