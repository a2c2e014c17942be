using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
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
var repository = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));
using var clone = new MutatedClone(repository, args.Length > 0 ? args : mathematics);
Console.WriteLine($"{clone.Mutants.Count} mutants");

// A mutant that survives goes through all classes that come by it; those that train for long would take hours.
var runs = TestRun.All(clone.Tests, TimeSpan.FromSeconds(10)).OrderBy(r => r.Time).ToArray();

var survivors = new List<Mutant>();
foreach (var mutant in clone.Mutants)
{
    var noticed = runs.Where(r => r.Reached.Contains(mutant.Number))
        .FirstOrDefault(r => r.Notices(clone.Tests, mutant));
    Console.WriteLine(
        $"{mutant.Number} {mutant.File}:{mutant.Line} {mutant.Before} -> {mutant.After}: {noticed?.Name ?? "SURVIVES"}"
    );
    if (noticed is null)
        survivors.Add(mutant);
}

var text = new StringBuilder(
    $"""
    # Mutants

    Small changes of the library, one at a time, and whether a test of `tests/Diffusion.Tests` fails then (of the classes of tests that
    take less than 10 s).
    Measured on {DateTime.UtcNow:yyyy-MM-dd}, {RuntimeInformation.OSDescription}, with `dotnet run --project tests/Mutation`.

    | file | mutants | noticed | share |
    | --- | ---: | ---: | ---: |

    """
);
foreach (var file in clone.Mutants.GroupBy(m => m.File))
    Row($"`{file.Key}.csx`", file.Count(), survivors.Count(s => s.File == file.Key));
Row("all", clone.Mutants.Count, survivors.Count);
text.Append(
    "\n## Survivors\n\n| where | code | mutant | why no test fails |\n| --- | --- | --- | --- |\n"
);
var reasons = new Reasons(Path.Combine(repository, "tests", "Mutation", "reasons.tsv"));
foreach (var s in survivors)
    text.Append(
        $"| `{s.File}.csx`, line {s.Line} | `{Cell(s.Before)}` | `{Cell(s.After)}` | {reasons.Of(s)} |\n"
    );
if (args.Length == 0)
    File.WriteAllText(Path.Combine(repository, "tests", "Mutation", "results.md"), text.ToString());
else
    Console.WriteLine(text);
return 0;

void Row(string name, int count, int survived) =>
    text.Append(
        $"| {name} | {count} | {count - survived} | {100.0 * (count - survived) / count:f0} % |\n"
    );

static string Cell(string code) => code.Replace("|", "\\|");
