using System;
using System.ComponentModel;
using System.Diagnostics;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Shows a file in the program that the system has for it.</summary>
internal static class Opening
{
    public static void InBrowser(string path)
    {
        try
        {
            using var opened = OperatingSystem.IsLinux()
                ? Process.Start(new ProcessStartInfo("xdg-open", [path]))
                : Process.Start(new ProcessStartInfo(path) { UseShellExecute = true });
        }
        catch (Win32Exception)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"[yellow]No browser could be started: open {path} yourself.[/]"
            );
        }
    }
}
