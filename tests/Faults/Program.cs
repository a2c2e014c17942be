using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Diffusion.Faults;

// What goes wrong on strangers' machines, made to happen: dotnet run --project tests/Faults
// Some of it needs Linux and root. Words behind the command pick those faults that have one of them in their name.
using var kills = new Kills();
Fault[] faults =
[
    .. kills.All,
    .. new Disks().All,
    .. new Damages().All,
    .. Crowds.All,
    .. new Places().All,
];
var chosen = faults
    .Where(f =>
        args.Length == 0 || args.Any(a => f.Name.Contains(a, StringComparison.OrdinalIgnoreCase))
    )
    .ToArray();

var text = new StringBuilder(
    $"""
    # Faults

    What was done to the real runner, how often, what had to come of it, and how often something else did.
    Measured on {DateTime.UtcNow:yyyy-MM-dd}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, with
    `dotnet run --project tests/Faults`.

    | fault | tried | what must come of it | something else came |
    | --- | ---: | --- | ---: |

    """
);
var troubles = 0;
foreach (var fault in chosen)
{
    var (row, found) = fault.Run();
    text.Append(row).Append('\n');
    Console.WriteLine(row);
    foreach (var trouble in found)
        Console.WriteLine(trouble);
    troubles += found.Count;
}
if (args.Length == 0)
    File.WriteAllText(
        Path.Combine(Command.Repository, "tests", "Faults", "results.md"),
        text.ToString()
    );
return troubles == 0 ? 0 : 1;
