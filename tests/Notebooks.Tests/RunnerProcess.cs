using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Diffusion.Tests;

namespace Notebooks.Tests;

/// <summary>The runner as a reader starts it: a process of its own.</summary>
internal static class RunnerProcess
{
    /// <returns>Exit code, and everything that was printed.</returns>
    public static (int ExitCode, string Output) Run(
        string workingDirectory,
        params string[] arguments
    )
    {
        // Built in the same configuration as these tests: .../bin/Debug/net10.0/.
        var build = Path.GetRelativePath(
            Path.Combine(Repository.Root, "tests", "Notebooks.Tests"),
            AppContext.BaseDirectory
        );
        var runner = Path.Combine(
            Repository.Root,
            "environment",
            "Runner",
            build,
            "Diffusion.Runner.dll"
        );
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(runner);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = Task.Run(process.StandardError.ReadToEnd);
        var output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
