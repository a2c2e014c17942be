using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Diffusion.Faults;
using Command = Diffusion.Faults.Command;

// What goes wrong on strangers' machines, made to happen: dotnet run --project tests/Faults
var words = new Argument<string[]>("words")
{
    Description = "Only faults that have one of these in their name; the table's other rows stay.",
    Arity = ArgumentArity.ZeroOrMore,
};
var list = new Option<bool>("--list") { Description = "Say which faults there are." };
var minutes = new Option<double>("--minutes")
{
    HelpName = "number",
    Description = "Begin no other try of a fault after so long; each is tried once.",
    DefaultValueFactory = _ => double.PositiveInfinity,
};
var results = new Option<string>("--results")
{
    HelpName = "file",
    Description = "The table.",
    DefaultValueFactory = _ => Path.Combine(Command.Repository, "tests", "Faults", "results.md"),
};
var root = new RootCommand(
    "Does to the runner what strangers' machines do. Some of it needs root, and strace."
)
{
    words,
    list,
    minutes,
    results,
};
root.SetAction(parsed =>
{
    using var kills = new Kills();
    using var steps = new KilledSteps();
    Fault[] faults =
    [
        .. kills.All,
        .. steps.All,
        .. new Disks().All,
        .. new Damages().All,
        .. Stale.All,
        .. Crowds.All,
        .. OthersFiles.All,
        .. new Places().All,
        .. Machines.All,
        .. Texts.All,
        .. Leftovers.All,
    ];
    var wanted = parsed.GetValue(words)!;
    var chosen = faults
        .Where(f =>
            wanted.Length == 0
            || wanted.Any(w => f.Name.Contains(w, StringComparison.OrdinalIgnoreCase))
        )
        .ToArray();
    if (parsed.GetValue(list))
    {
        foreach (var fault in chosen)
            Console.WriteLine(fault.Name);
        return 0;
    }
    if (chosen.Length == 0)
    {
        Console.Error.WriteLine(
            $"No fault has {string.Join(" or ", wanted)} in its name: --list says which there are."
        );
        return 2;
    }
    var table = new KeptTable(
        parsed.GetValue(results)!,
        [.. faults.Select(f => f.Name)],
        $"""
        # Faults

        What was done to the real runner, how often, what had to come of it, and how often something else did.
        Measured on {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, with `dotnet run --project tests/Faults`,
        which repeats all of it.

        | fault | tried | what must come of it | something else came | when |
        | --- | ---: | --- | ---: | --- |
        """
    );
    var patience = parsed.GetValue(minutes);
    var troubles = 0;
    foreach (var fault in chosen)
    {
        var (row, found) = fault.Run(patience);
        table.Put(fault.Name, row);
        Console.WriteLine(row);
        foreach (var trouble in found)
            Console.WriteLine(trouble);
        troubles += found.Count;
    }
    return troubles == 0 ? 0 : 1;
});
return root.Parse(args).Invoke();
