using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The real runner in a process of its own.</summary>
internal sealed class RunnerProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();

    /// <param name="workingDirectory">Where the command is given.</param>
    /// <param name="arguments">As typed.</param>
    public RunnerProcess(string workingDirectory, params string[] arguments)
        : this(StartInfo(workingDirectory, ["dotnet", RepositoryRoot.RunnerAssembly, .. arguments]))
    { }

    private RunnerProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The runner as a shell starts it.</summary>
    /// <param name="workingDirectory">Where the command is given.</param>
    /// <param name="line">Arguments and redirections.</param>
    public static RunnerProcess Shell(string workingDirectory, string line) =>
        new(
            StartInfo(
                workingDirectory,
                ["sh", "-c", $"exec dotnet '{RepositoryRoot.RunnerAssembly}' {line}"]
            )
        );

    private static ProcessStartInfo StartInfo(string workingDirectory, string[] words)
    {
        var start = new ProcessStartInfo("env")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A test run in the background of a script ignores Ctrl-C, and hands that on to what it starts.
        if (OperatingSystem.IsLinux())
            start.ArgumentList.Add("--default-signal=INT,HUP,QUIT");
        foreach (var word in words)
            start.ArgumentList.Add(word);
        start.Environment["NO_COLOR"] = "1";
        // CI says it for the tests; whether the runner says it to notebooks must show.
        start.Environment.Remove("MALLOC_MMAP_MAX_");
        // The other test projects run beside this one. Threads that wait for each other wait long where others work.
        if (words.Contains("train") || words.Contains("evaluate"))
            start.Environment["OMP_NUM_THREADS"] = "1";
        return start;
    }

    public int Id => process.Id;

    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string workingDirectory,
        params string[] arguments
    )
    {
        using var runner = new RunnerProcess(workingDirectory, arguments);
        return (await runner.ExitCodeAsync(), runner.Output);
    }

    public async Task<int> ExitCodeAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>Waits until the output has a text.</summary>
    public async Task SaysAsync(string text)
    {
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(process.HasExited, $"It ended without saying '{text}':\n{Output}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Send("INT");

    /// <param name="signal">Without SIG.</param>
    public void Send(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {process.Id}"]);
        kill.WaitForExit();
    }

    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Append(line).Append('\n');
    }
}
