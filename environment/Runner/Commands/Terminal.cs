using System;
using Diffusion.Runner.Execution;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>What all commands write in the same way.</summary>
internal static class Terminal
{
    // Wide enough for any path or line of code.
    private const int WidthOfFiles = 4000;

    /// <summary>A file or pipe has no width: what is written there is not broken into lines of 80.</summary>
    public static void Prepare()
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WidthOfFiles;
    }

    public static void WriteFailure(CellFailure failure) =>
        AnsiConsole.MarkupLineInterpolated($"[red]{failure.ToString()}[/]");
}
