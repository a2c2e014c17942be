using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Diffusion.Tests;
using SlowTests;
using Xunit;

namespace Notebooks.Tests;

/// <summary>Every exercise of the chapters has a solution, and the solutions pass the chapters' own checks.</summary>
public sealed class SolutionTests
{
    private static readonly string Notebooks = Path.Combine(Repository.Root, "notebooks");

    private static readonly Regex Stub = new(
        @"^.* => throw new NotImplementedException\(\);$",
        RegexOptions.Multiline
    );

    public static TheoryData<string> Chapters =>
        new(
            Directory
                .GetFiles(Notebooks, "0?-*.dib")
                .Order(StringComparer.Ordinal)
                .Select(f => Path.GetFileName(f)!)
        );

    [Theory]
    [MemberData(nameof(Chapters))]
    public void A_chapter_has_three_exercises_or_more_and_their_checks_are_the_solutions(
        string chapter
    )
    {
        var exercises = Cells(Path.Combine(Notebooks, chapter))
            .Where(c => Stub.IsMatch(c))
            .ToArray();
        Assert.True(
            exercises.Length >= 3,
            $"{chapter} has {exercises.Length} exercises with checks."
        );
        var solutions = File.ReadAllText(Path.Combine(Notebooks, "solutions", chapter));
        foreach (var exercise in exercises)
        {
            var stub = Stub.Match(exercise).Value;
            var check = exercise[
                (exercise.IndexOf(stub, StringComparison.Ordinal) + stub.Length)..
            ];
            Assert.Contains("Check.", check);
            Assert.Contains(check.Trim(), solutions);
            // The answer has the stub's name and parameters.
            Assert.Contains(stub[..stub.IndexOf(" => throw", StringComparison.Ordinal)], solutions);
        }
        Assert.DoesNotContain("NotImplementedException", solutions);
    }

    /// <summary>Of a file of solutions the exercises run, and what they build on.</summary>
    [Theory]
    [MemberData(nameof(Chapters))]
    [Slow("A chapter is computed up to its exercises, and they are solved.")]
    public async Task Solutions_pass_their_checks(string chapter)
    {
        var solutions = new Chapter(Path.Combine(Notebooks, "solutions", chapter));
        var exercises = solutions
            .Code.Where(i => solutions.Cells[i].Source.Contains("Check.", StringComparison.Ordinal))
            .ToArray();
        var (cells, failure) = await solutions.RunAsync(
            exercises.SelectMany(solutions.Needs.Of).Distinct()
        );
        Assert.True(failure is null, $"{failure}");
        foreach (var exercise in exercises)
            Assert.StartsWith(
                "✓",
                cells
                    .Single(c => c.Number == exercise + 1)
                    .Outputs.Single(o => o.Kind == OutputKind.ReturnValue)
                    .Data["text/plain"]
            );
    }

    /// <summary>The same with all that stands between the exercises, in the runner; takes some minutes.</summary>
    [LongFact]
    public void All_solutions_pass_their_checks()
    {
        var folder = Directory.CreateTempSubdirectory("solutions-");
        try
        {
            var files = Chapters
                .Select(row => Path.Combine(Notebooks, "solutions", row.Data))
                .ToArray();
            var output = Path.Combine(folder.FullName, "pages");
            var (exitCode, said) = RunnerProcess.Run(
                Repository.Root,
                ["run", .. files, "--output", output]
            );
            Assert.True(exitCode == 0, said);
            foreach (var file in files)
            {
                var exercises = Cells(file)
                    .Count(c => c.Contains("Check.", StringComparison.Ordinal));
                var results = Results(
                    Path.Combine(output, Path.ChangeExtension(Path.GetFileName(file), ".ipynb"))
                );
                Assert.DoesNotContain(
                    results,
                    r => r.StartsWith("not yet", StringComparison.Ordinal)
                );
                Assert.Equal(
                    exercises,
                    results.Count(r => r.StartsWith("✓", StringComparison.Ordinal))
                );
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Cells(string notebook) =>
        Regex
            .Split(
                File.ReadAllText(notebook),
                @"^#!(?:csharp|markdown|meta)\n",
                RegexOptions.Multiline
            )
            .ToArray();

    private static List<string> Results(string notebook)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(notebook));
        return document
            .RootElement.GetProperty("cells")
            .EnumerateArray()
            .Where(c => c.GetProperty("cell_type").GetString() == "code")
            .SelectMany(c => c.GetProperty("outputs").EnumerateArray())
            .Where(o =>
                o.TryGetProperty("data", out var data) && data.TryGetProperty("text/plain", out _)
            )
            .Select(o =>
                string.Concat(
                    o.GetProperty("data")
                        .GetProperty("text/plain")
                        .EnumerateArray()
                        .Select(line => line.GetString())
                )
            )
            .ToList();
    }
}
