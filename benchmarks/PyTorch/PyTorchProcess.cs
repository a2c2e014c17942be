using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Diffusion.Benchmarks.PyTorch;

/// <summary>A running pytorch.py, which does one piece of work for each line that it gets.</summary>
internal sealed class PyTorchProcess : IDisposable
{
    private const string Advice =
        "Install PyTorch (Debian 13: apt-get install python3-torch) and say with --python how to start that Python.";

    private readonly Process process;
    private readonly AnswerReader answers;

    /// <param name="manner">"article" or "best".</param>
    public PyTorchProcess(PythonSettings python, string manner)
    {
        var (program, arguments) = python.Split();
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (
            var argument in (string[])
                [
                    .. arguments,
                    python.Path("benchmarks/pytorch.py"),
                    python.Path("data/fashion-mnist"),
                    python.Path("data/weights/unconditional.safetensors"),
                    manner,
                ]
        )
            start.ArgumentList.Add(argument);
        SetEnvironment(start, tuned: manner == "best");
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"'{program}' cannot be started. {Advice}", e);
        }
        answers = new AnswerReader(process.StandardOutput, Console.Error);
        Description = Read();
    }

    /// <summary>Version, threads and instructions, as PyTorch names them.</summary>
    public string Description { get; }

    /// <summary>Does a piece of work and says how long one run took, in seconds.</summary>
    public double Measure(Pair pair) =>
        double.Parse(
            Ask($"{pair.Kind} {pair.Images} {pair.WarmUps} {pair.Runs}"),
            CultureInfo.InvariantCulture
        );

    /// <summary>Sends a line and returns the answer.</summary>
    public string Ask(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        return Read();
    }

    public void Dispose()
    {
        process.StandardInput.Close(); // ends it
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    // What we set for ourselves must not reach the article's manner: its reader sets nothing.
    private static void SetEnvironment(ProcessStartInfo start, bool tuned)
    {
        foreach (
            var name in (string[])
                ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_"]
        )
            start.Environment.Remove(name);
        if (!tuned)
            return;
        start.Environment["MALLOC_MMAP_MAX_"] = "0";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
    }

    private string Read() =>
        answers.Next()
        ?? throw new InvalidOperationException(
            $"pytorch.py has ended; its error is above. {Advice}"
        );
}
