using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Diffusion.Faults;
using Diffusion.Soak;

// Two hours of work in a loop: dotnet run --project tests/Soak [-- MINUTES]
if (args is ["session"])
{
    Session.Run();
    return 0;
}

// A machine on which somebody works beside it is slow, not hung.
Command.Longest = TimeSpan.FromMinutes(15);
var minutes = args.Length == 0 ? 120 : double.Parse(args[0], CultureInfo.InvariantCulture);
using var clone = new SmallClone();
var temporary = Directory.CreateTempSubdirectory("soak-").FullName;
var variables = new Dictionary<string, string?> { ["TMPDIR"] = temporary };

using var session = Process.Start(
    new ProcessStartInfo("dotnet", [typeof(Session).Assembly.Location, "session"])
    {
        WorkingDirectory = Command.Repository,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["TMPDIR"] = temporary },
    }
)!;

var clock = Stopwatch.StartNew();
List<Round> rounds = [];
while (rounds.Count < 8 || clock.Elapsed < TimeSpan.FromMinutes(minutes))
{
    session.StandardInput.WriteLine("once more");
    var held = session.StandardOutput.ReadLine();
    Fault.Require(held is not null, "The process that stays has ended.");
    string[][] commands =
    [
        ["--fresh"],
        [],
        ["export", "notebooks/00-first.dib", "notebooks/01-second.dib"],
    ];
    foreach (var command in commands)
    {
        var (code, output) = clone.Run(command, variables: variables);
        Fault.Require(code == 0, $"{string.Join(' ', command)} failed:\n{output}");
    }
    // These need the data and the weights, which the small clone lacks.
    string[][] greater =
    [
        ["train", "tiny", "--every", "20", "--output", clone["work/tiny"]],
        ["run", "00", "--output", clone["chapter"]],
    ];
    foreach (var arguments in greater)
    {
        using var command = new Command(
            Command.Repository,
            ["dotnet", Command.Runner, .. arguments],
            variables
        );
        Fault.Require(command.End() == 0, command.Output);
    }
    Directory.Delete(clone["work/tiny"], recursive: true);
    clone.RequireWholeBook();
    clone.RequireNothingLeft();
    rounds.Add(
        Round.From(
            clock.Elapsed,
            held!,
            Directory.GetFileSystemEntries(temporary).Length,
            new DirectoryInfo(clone.Folder)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Sum(f => f.Length),
            Directory.GetFileSystemEntries("/dev/shm").Length
        )
    );
    Console.WriteLine(rounds[^1]);
}
session.StandardInput.Close();
session.WaitForExit();
Directory.Delete(temporary, recursive: true);

// The first quarter fills caches and pools. From then on nothing may grow.
var quarter = rounds.Count / 4;
(string Name, Func<Round, long> Of, double Slack)[] quantities =
[
    // What piles up lifts the least of many rounds too; single ones keep some 30 MB more until the next.
    ("memory of the process that stays, least", r => r.Resident, 0.03),
    ("its .NET heap", r => r.Managed, 0.03),
    ("its tensors", r => r.Tensors, 0),
    ("its open files", r => r.Handles, 0),
    ("its threads", r => r.Threads, 0.1),
    ("temporary files", r => r.Temporary, 0),
    ("the clone on disk", r => r.Disk, 0.001),
    ("shared memory", r => r.Shared, 0),
];
double Typical(IEnumerable<Round> some, string name, Func<Round, long> of)
{
    var sorted = some.Select(of).Order().ToArray();
    return name.EndsWith("least", StringComparison.Ordinal) ? sorted[0] : sorted[sorted.Length / 2];
}
var verdicts = quantities
    .Select(q =>
    {
        var (before, after) = (
            Typical(rounds[quarter..(2 * quarter)], q.Name, q.Of),
            Typical(rounds[^quarter..], q.Name, q.Of)
        );
        return (q.Name, before, after, Flat: after <= before * (1 + q.Slack));
    })
    .ToArray();

var every = Math.Max(1, rounds.Count / 12);
var shown = rounds.Where((_, i) => i % every == 0 || i == rounds.Count - 1).ToArray();
string Curve(string title, string unit, Func<Round, double> value) =>
    $"""
        ```mermaid
        xychart-beta
          title "{title}"
          x-axis "minutes" [{string.Join(", ", shown.Select(r => Number(r.Time.TotalMinutes)))}]
          y-axis "{unit}" 0 --> {Number(1.2 * shown.Max(value) + 1)}
          line [{string.Join(", ", shown.Select(r => Number(value(r))))}]
        ```
        """;
string Number(double x) => x.ToString("f0", CultureInfo.InvariantCulture);

File.WriteAllText(
    Path.Combine(Command.Repository, "tests", "Soak", "results.md"),
    string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # The same work in a loop

        {rounds.Count} rounds in {clock.Elapsed.TotalMinutes:f0} minutes. In each, one process that stays loads the test pictures and a network, draws
        four pictures, trains a small network, saves and resumes it, and makes a figure; and new processes write a small book twice, export two
        notebooks, train a model and run chapter 0. After each the book is whole, nothing half-written is left, and no process of a notebook stays.
        Measured on {DateTime.UtcNow:yyyy-MM-dd}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, two threads, with
        `dotnet run --project tests/Soak -- {minutes}`.

        | | second quarter of the rounds, median | last quarter, median | flat |
        | --- | ---: | ---: | --- |
        {string.Join(
            '\n',
            verdicts.Select(v =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {v.Name} | {v.before:n0} | {v.after:n0} | {(v.Flat ? "yes" : "**no**")} |"
                )
            )
        )}

        | after | resident | .NET heap | tensors | open files | threads | temporary files | disk | shared memory |
        | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        {string.Join('\n', shown.Select(r => r.ToString()))}

        {Curve("Memory of the process that stays", "MB", r => r.Resident / 1e6)}

        {Curve("The clone on disk", "KB", r => r.Disk / 1e3)}

        """
    )
);
return verdicts.All(v => v.Flat) ? 0 : 1;
