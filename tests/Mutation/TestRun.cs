using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Diffusion.Mutation;

/// <summary>Runs one class of tests in a process of its own.</summary>
/// <param name="Name">The class.</param>
/// <param name="Time">That it takes with no mutant.</param>
/// <param name="Reached">The mutants that it comes by.</param>
internal sealed record TestRun(string Name, TimeSpan Time, IReadOnlySet<int> Reached)
{
    // A mutant may make a loop endless.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs every class once with no mutant.</summary>
    /// <param name="tests">The test program.</param>
    /// <param name="longest">A class that takes longer is left out.</param>
    public static IReadOnlyList<TestRun> All(string tests, TimeSpan longest)
    {
        using var list = Process.Start(
            new ProcessStartInfo("dotnet", [tests, "-list", "classes"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var classes = list
            .StandardOutput.ReadToEnd()
            .Split('\n')
            .Select(l => l.Trim())
            .Where(l => l.StartsWith("Diffusion.Tests.", StringComparison.Ordinal))
            .ToArray();
        var runs = new List<TestRun>();
        foreach (var name in classes)
        {
            var file = Path.GetTempFileName();
            var clock = Stopwatch.StartNew();
            var passed = Passes(tests, name, longest, new() { ["MUTANTS_REACHED"] = file });
            if (!passed)
            {
                // Some look at the library's text, which is another one here.
                var why = clock.Elapsed < longest ? "it fails with no mutant" : "it takes too long";
                Console.WriteLine($"{name} is left out: {why}.");
                continue;
            }
            runs.Add(
                new TestRun(
                    name,
                    clock.Elapsed,
                    File.ReadAllLines(file).Select(int.Parse).ToHashSet()
                )
            );
            File.Delete(file);
            Console.WriteLine(
                $"{name}: {clock.Elapsed.TotalSeconds:f1} s, {runs[^1].Reached.Count} mutants reached"
            );
        }
        return runs;
    }

    /// <summary>Whether the tests of this class notice a mutant.</summary>
    public bool Notices(string tests, Mutant mutant) =>
        !Passes(tests, Name, 2 * Time + Patience, new() { ["MUTANT"] = $"{mutant.Number}" });

    private static bool Passes(
        string tests,
        string name,
        TimeSpan atMost,
        Dictionary<string, string> variables
    )
    {
        var start = new ProcessStartInfo("dotnet", [tests, "-class", name, "-stopOnFail"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in variables)
            start.Environment[key] = value;
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(atMost))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return false;
        }
        return process.ExitCode == 0;
    }
}
