using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace Diffusion.Benchmarks.Commands;

/// <summary>This program once more, in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Runs it to its end and returns the lines that it wrote.</summary>
    /// <param name="command">One of <see cref="ChildCommands"/>, with its arguments.</param>
    /// <exception cref="InvalidOperationException">It failed; its errors are on the console.</exception>
    public static IReadOnlyList<string> Run(params string[] command) => Run([], command);

    /// <param name="variables">Set in its environment.</param>
    /// <inheritdoc cref="Run(string[])"/>
    public static IReadOnlyList<string> Run(
        IEnumerable<KeyValuePair<string, string>> variables,
        params string[] command
    )
    {
        var start = new ProcessStartInfo(Program()) { RedirectStandardOutput = true };
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
            lines.Add(line);
        process.WaitForExit();
        return process.ExitCode == 0
            ? lines
            : throw new InvalidOperationException(
                $"'{string.Join(' ', command)}' ended with exit code {process.ExitCode}."
            );
    }

    // The build makes a program of its own beside the assembly; `dotnet benchmarks.dll` would not do.
    private static string Program() =>
        Path.Combine(
            AppContext.BaseDirectory,
            OperatingSystem.IsWindows() ? "Benchmarks.exe" : "Benchmarks"
        );
}
