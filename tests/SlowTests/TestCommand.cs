using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace SlowTests;

/// <summary>One <c>dotnet test</c>, which runs each project in a process of its own, some of them side by side.</summary>
/// <remarks>
/// It shows nothing that a project's process prints, and knows of no end of all projects. So each leaves its
/// durations in a file, and whoever finds that the others' are there speaks for all.
/// </remarks>
internal sealed class TestCommand
{
    private const string Durations = "TestResults/durations.json";

    private readonly DateTime started;
    private readonly string[] projects;
    private readonly string output;

    /// <param name="arguments">Of this process.</param>
    /// <returns>Null where a project is run by itself, and not by the command.</returns>
    public static TestCommand? Of(string[] arguments) =>
        arguments.Contains("dotnettestcli") && OperatingSystem.IsLinux() ? new() : null;

    private TestCommand()
    {
        var project = new DirectoryInfo(AppContext.BaseDirectory);
        while (project.Name != typeof(TestCommand).Assembly.GetName().Name)
            project = project.Parent!;
        output = Path.GetRelativePath(project.FullName, AppContext.BaseDirectory);

        // The fourth field, counted behind the name in brackets, which may hold anything.
        var parent = int.Parse(
            File.ReadAllText("/proc/self/stat").Split(") ").Last().Split(' ')[1]
        );
        using var command = Process.GetProcessById(parent);
        started = command.StartTime;
        var typed = File.ReadAllText($"/proc/{parent}/cmdline").Split('\0');
        projects = typed.Any(t => t.EndsWith("-project") || t.EndsWith("-modules"))
            ? [project.FullName]
            : Directory.GetDirectories(project.Parent!.FullName, "*.Tests");
    }

    /// <summary>How crowded the machine was in the last minutes: 1, or more where more than two threads waited for each core.</summary>
    /// <remarks>Up to two are the tests' own.</remarks>
    public static double Crowd =>
        Math.Max(
            1,
            File.ReadAllText("/proc/loadavg")
                .Split(' ')
                .Take(2)
                .Max(load => double.Parse(load, CultureInfo.InvariantCulture))
                / (2 * Environment.ProcessorCount)
        );

    /// <summary>Leaves this project's durations.</summary>
    /// <returns>Those of all projects, in the last one to end; before that, none.</returns>
    public IReadOnlyList<TestDuration> Leave(IReadOnlyList<TestDuration> mine)
    {
        var file = Path.Combine(AppContext.BaseDirectory, Durations);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // As a whole, since another project may be looking at this moment.
        File.WriteAllText($"{file}.tmp", JsonSerializer.Serialize(mine));
        File.Move($"{file}.tmp", file, overwrite: true);

        var all = projects.Select(p => Path.Combine(p, output, Durations)).ToArray();
        return all.All(f => File.GetLastWriteTime(f) > started)
            ? all.SelectMany(f => JsonSerializer.Deserialize<TestDuration[]>(File.ReadAllText(f))!)
                .ToArray()
            : [];
    }
}
