using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Diffusion.Long;

/// <summary>The programs that do the work: they were built with this one.</summary>
internal static class Programs
{
    /// <summary>The clone that this program was built in.</summary>
    public static string Repository { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>With which the test programs know the tests that are for this suite alone.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } =
        new Dictionary<string, string> { ["LONG_SUITE"] = "1" };

    /// <summary>How a program of <c>tests</c> is started.</summary>
    public static IReadOnlyList<string> Start(string name, params string[] arguments)
    {
        // tests/Long/bin/Debug/net10.0: the others lie in the same way.
        var built = Path.GetRelativePath(
            Path.Combine(Repository, "tests", "Long"),
            AppContext.BaseDirectory
        );
        return
        [
            "dotnet",
            Path.Combine(Repository, "tests", name, built, $"{name}.dll"),
            .. arguments,
        ];
    }

    /// <summary>What a program says that it has, a line each.</summary>
    public static IReadOnlyList<string> Ask(string name, params string[] arguments)
    {
        var (code, said) = Run(Start(name, arguments), Variables);
        return code == 0
            ? said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new LongException($"tests/{name} did not say what it has:\n{said}");
    }

    /// <summary>Runs a command to its end, in the repository's folder.</summary>
    public static (int Code, string Output) Run(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = Repository,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}

/// <summary>The suite cannot begin; the message says why.</summary>
internal sealed class LongException(string message) : Exception(message);
