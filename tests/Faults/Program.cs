using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Diffusion.Faults;

// What goes wrong on strangers' machines, made to happen: dotnet run --project tests/Faults
// Some of it needs Linux and root. Words behind the command pick those faults that have one of them in their name;
// the other rows of the table stay.
using var kills = new Kills();
Fault[] faults =
[
    .. kills.All,
    .. new Disks().All,
    .. new Damages().All,
    .. Stale.All,
    .. Crowds.All,
    .. new Places().All,
    .. Machines.All,
    .. Texts.All,
];
var chosen = faults
    .Where(f =>
        args.Length == 0 || args.Any(a => f.Name.Contains(a, StringComparison.OrdinalIgnoreCase))
    )
    .ToArray();

var results = Path.Combine(Command.Repository, "tests", "Faults", "results.md");

// A row stays until its fault is tried again.
var rows = File.Exists(results)
    ? File.ReadLines(results)
        .Where(l => l.StartsWith("| ", StringComparison.Ordinal))
        .ToLookup(l => l[2..l.IndexOf(" |", StringComparison.Ordinal)])
        .ToDictionary(l => l.Key, l => l.First())
    : [];
var troubles = 0;
foreach (var fault in chosen)
{
    var (row, found) = fault.Run();
    rows[fault.Name] = row;
    Console.WriteLine(row);
    foreach (var trouble in found)
        Console.WriteLine(trouble);
    troubles += found.Count;
}
File.WriteAllText(
    results,
    $"""
    # Faults

    What was done to the real runner, how often, what had to come of it, and how often something else did. A nought says that these
    tries showed nothing else, and nothing about faults that are not in the table. `dotnet run --project tests/Faults` repeats all of it, as root on Linux,
    and with words behind it some of it: each row is from the day that it names, the last ones from
    {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}.

    | fault | tried | what must come of it | something else came | when |
    | --- | ---: | --- | ---: | --- |
    {string.Join('\n', faults.Where(f => rows.ContainsKey(f.Name)).Select(f => rows[f.Name]))}

    """
);
return troubles == 0 ? 0 : 1;
