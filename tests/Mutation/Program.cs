using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Diffusion.Mutation;

// Whether the tests of the mathematics notice small changes: dotnet run --project tests/Mutation [-- FILE …]
string[] mathematics =
[
    "Adam",
    "Autoguidance",
    "ClassifierGuidance",
    "DpmSolver",
    "ForwardProcess",
    "FrechetDistance",
    "GaussianMixture",
    "Guidance",
    "GuidanceInterval",
    "Heun",
    "ISampler",
    "Interpolation",
    "Inversion",
    "Neighbours",
    "NoisePredictor",
    "NoiseSchedule",
    "Prediction",
    "Resampling",
    "ResidualBlock",
    "Sampler",
    "Spacing",
    "Thresholding",
    "TimestepEmbedding",
    "TrainingObjective",
    "TrainingRecipe",
    "UniPc",
    "WeightsAverage",
];
var files = new Argument<string[]>("files")
{
    Description =
        "Files of lib/Diffusion, without ending; all with mathematics where none is named.",
    Arity = ArgumentArity.ZeroOrMore,
};
var list = new Option<bool>("--list") { Description = "Say which files there are." };
var minutes = new Option<double>("--minutes")
{
    HelpName = "number",
    Description = "Try no other mutant after so long.",
    DefaultValueFactory = _ => double.PositiveInfinity,
};
var kept = new Option<string?>("--keep")
{
    HelpName = "file",
    Description =
        "Keeps what came of each mutant in this file; with the same sources a next run goes on from there.",
};
var root = new RootCommand("Makes small changes of the mathematics and sees whether a test fails.")
{
    files,
    list,
    minutes,
    kept,
};
root.SetAction(parsed =>
{
    if (parsed.GetValue(list))
    {
        Console.WriteLine(string.Join('\n', mathematics));
        return 0;
    }
    var chosen = parsed.GetValue(files)!;
    return Run(
        chosen.Length > 0 ? chosen : mathematics,
        isAll: chosen.Length == 0,
        new Outcomes(parsed.GetValue(kept)),
        parsed.GetValue(minutes)
    );
});
return root.Parse(args).Invoke();

static int Run(IReadOnlyList<string> files, bool isAll, Outcomes outcomes, double minutes)
{
    var clock = Stopwatch.StartNew();
    var repository = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));
    using var clone = new MutatedClone(repository, files);
    Console.WriteLine($"{clone.Mutants.Count} mutants");

    // A mutant that survives goes through all classes that come by it; those that train for long would take hours.
    var runs = TestRun.All(clone.Tests, TimeSpan.FromSeconds(10)).OrderBy(r => r.Time).ToArray();

    var table = new MutantsTable(
        new Reasons(Path.Combine(repository, "tests", "Mutation", "reasons.tsv"))
    );
    foreach (var mutant in clone.Mutants)
    {
        if (!outcomes.Knows(mutant, out var noticed))
        {
            if (clock.Elapsed.TotalMinutes > minutes)
                continue;
            noticed = runs.Where(r => r.Reached.Contains(mutant.Number))
                .FirstOrDefault(r => r.Notices(clone.Tests, mutant))
                ?.Name;
            outcomes.Add(mutant, noticed);
        }
        Console.WriteLine(
            $"{mutant.Number} {mutant.File}:{mutant.Line} {mutant.Before} -> {mutant.After}: {noticed ?? "SURVIVES"}"
        );
        table.Add(mutant, noticed is not null);
    }
    if (table.Count < clone.Mutants.Count)
        Console.WriteLine(
            $"{clone.Mutants.Count - table.Count} mutants were not tried in {minutes} minutes."
        );
    if (isAll && table.Count == clone.Mutants.Count)
        File.WriteAllText(
            Path.Combine(repository, "tests", "Mutation", "results.md"),
            table.ToString()
        );
    else
        Console.WriteLine(table);
    return table.HasUnexplained ? 1 : 0;
}
