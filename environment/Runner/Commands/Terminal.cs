using System;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>How wide lines may be.</summary>
internal static class Terminal
{
    private const int WidthOfFiles = 160;

    /// <summary>A file or pipe has no width: lines written there are broken late, not at 80.</summary>
    public static void Prepare()
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WidthOfFiles;
    }
}
