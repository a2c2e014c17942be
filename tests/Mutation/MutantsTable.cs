using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Diffusion.Mutation;

/// <summary>How many mutants of each file were noticed, and which were not.</summary>
/// <param name="reasons">Why those need not be.</param>
internal sealed class MutantsTable(Reasons reasons)
{
    private readonly List<(Mutant Mutant, bool IsNoticed)> tried = [];

    public int Count => tried.Count;

    /// <summary>Whether one survived of which nobody has said why.</summary>
    public bool HasUnexplained => Survivors.Any(m => !reasons.Know(m));

    private IEnumerable<Mutant> Survivors => tried.Where(t => !t.IsNoticed).Select(t => t.Mutant);

    public void Add(Mutant mutant, bool isNoticed) => tried.Add((mutant, isNoticed));

    /// <returns>Markdown.</returns>
    public override string ToString()
    {
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
        foreach (var file in tried.GroupBy(t => t.Mutant.File))
            text.Append(Row($"`{file.Key}.csx`", file.Count(), file.Count(t => t.IsNoticed)));
        if (Count > 0)
            text.Append(Row("all", Count, tried.Count(t => t.IsNoticed)));
        text.Append(
            "\n## Survivors\n\n| where | code | mutant | why no test fails |\n| --- | --- | --- | --- |\n"
        );
        foreach (var s in Survivors)
            text.Append(
                $"| `{s.File}.csx`, line {s.Line} | `{Cell(s.Before)}` | `{Cell(s.After)}` | {reasons.Of(s)} |\n"
            );
        return text.ToString();
    }

    private static string Row(string name, int count, int noticed) =>
        $"| {name} | {count} | {noticed} | {100.0 * noticed / count:f0} % |\n";

    private static string Cell(string code) => code.Replace("|", "\\|");
}
