using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;

namespace Diffusion.Faults;

/// <summary>A command in a process of its own, as somebody gives it in a terminal.</summary>
internal sealed class Command : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();

    /// <param name="folder">Where it is given.</param>
    /// <param name="words">Program and arguments.</param>
    /// <param name="variables">Of the environment; null takes one away.</param>
    public Command(
        string folder,
        IEnumerable<string> words,
        IReadOnlyDictionary<string, string?>? variables = null
    )
    {
        // Ctrl-C and hang-ups reach it also where this program was started in the background.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,HUP", .. words])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>())
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>More than this is a hang. On a machine that does nothing else, nothing here takes a quarter of it.</summary>
    public static TimeSpan Longest { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The runner that was built with this program.</summary>
    public static string Runner { get; } =
        Path.Combine(AppContext.BaseDirectory, "Diffusion.Runner.dll");

    /// <summary>The clone that this program was built in.</summary>
    public static string Repository { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public int End()
    {
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            throw new FaultException($"It hung:\n{Output}");
        }
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Gives it some time.</summary>
    public void Wait(TimeSpan time) => process.WaitForExit(time);

    /// <summary>SIGKILL, to the process alone, after some time or at its end.</summary>
    /// <returns>Whether it was killed.</returns>
    public bool KillAfter(TimeSpan time)
    {
        if (process.WaitForExit(time))
            return false;
        process.Kill();
        process.WaitForExit();
        return true;
    }

    /// <summary>Another signal, after some time; then it must end by itself.</summary>
    /// <returns>The exit code.</returns>
    public int Send(string signal, TimeSpan after)
    {
        if (process.WaitForExit(after))
            return process.ExitCode;
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {process.Id}"]);
        kill.WaitForExit();
        return End();
    }

    /// <summary>Waits until the output has a text.</summary>
    public void Says(string text)
    {
        var clock = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Fault.Require(
                !process.HasExited && clock.Elapsed < Longest,
                $"It never said '{text}':\n{Output}"
            );
            Thread.Sleep(50);
        }
    }

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
