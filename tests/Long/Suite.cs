using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Diffusion.Long;

/// <summary>The parts of the long suite.</summary>
/// <param name="folder">For what parts keep to go on from, and for the tables of slices.</param>
internal sealed class Suite(string folder)
{
    // What a slice may take: less than continuous integration has for all of them.
    private const string SliceMinutes = "4";

    public IReadOnlyList<Part> Parts =>
        [
            new(
                "faults",
                "full disks, damaged files, other languages and machines: tests/Faults/results.md",
                () => Faults(kills: false, []),
                () => Faults(kills: false, ["--results", SliceTable("faults")])
            ),
            new(
                "kills",
                "SIGKILL at any moment, two hundred times, and before each step of writing pages: tests/Faults/results.md",
                () => Faults(kills: true, []),
                () =>
                    Faults(
                        kills: true,
                        ["--minutes", SliceMinutes, "--results", SliceTable("kills")]
                    )
            ),
            new(
                "fuzzing",
                "readers of damaged files, a hundred thousand each: tests/Fuzzing/results.md",
                () => Fuzzing(100_000, 5, []),
                () => Fuzzing(20_000, 1, ["--results", SliceTable("fuzzing")])
            ),
            new(
                "mutants",
                "changes of the mathematics that no test notices: tests/Mutation/results.md",
                () =>
                    [
                        new(
                            "all files",
                            120,
                            Programs.Start(
                                "Mutation",
                                "--keep",
                                Path.Combine(folder, "mutants", "outcomes.tsv")
                            )
                        ),
                    ],
                () =>
                    Programs
                        .Ask("Mutation", "--list")
                        .Select(file => new Piece(
                            $"of {file}",
                            5,
                            Programs.Start("Mutation", file, "--minutes", SliceMinutes)
                        ))
                        .ToArray()
            ),
            new(
                "whole-chapters",
                "chapters run twice, interrupted and with defects, from their beginning to their end",
                () => LongTests("Notebooks.Tests", 5),
                () => LongTests("Notebooks.Tests", 5)
            ),
            new(
                "long-library",
                "what only many steps of the library show",
                () => LongTests("Diffusion.Tests", 2),
                () => LongTests("Diffusion.Tests", 2)
            ),
            new(
                "long-runner",
                "what only much of everything shows of the runner",
                () => LongTests("Runner.Tests", 2),
                () => LongTests("Runner.Tests", 2)
            ),
            new(
                "soak",
                "two hours of the same work in a loop: tests/Soak/results.md",
                () => [new("two hours", 120, Programs.Start("Soak", "120"))]
            ),
            new(
                "coverage",
                "which lines the tests come by: tests/Coverage/results.md",
                () => [new("library and runner", 15, ["tests/Coverage/run"])]
            ),
        ];

    private string SliceTable(string part) => Path.Combine(folder, part, "results.md");

    private static Piece[] Faults(bool kills, string[] options) =>
        Programs
            .Ask("Faults", "--list")
            .Where(name => name.StartsWith("SIGKILL", StringComparison.Ordinal) == kills)
            .Select(name => new Piece(
                name,
                kills ? 5 : 1,
                Programs.Start("Faults", [name, .. options])
            ))
            .ToArray();

    private static Piece[] Fuzzing(int count, double minutes, string[] options) =>
        Programs
            .Ask("Fuzzing", "--list")
            .Select(name => new Piece(
                name,
                minutes,
                Programs.Start("Fuzzing", [$"{count}", "--reader", name, .. options])
            ))
            .ToArray();

    /// <summary>The tests of a project that are only for the long suite, each row of a theory by itself.</summary>
    private static Piece[] LongTests(string project, double minutes) =>
        Programs
            .Ask(
                project,
                "-noLogo",
                "-noColor",
                "-preEnumerateTheories",
                "-trait",
                "suite=long",
                "-list",
                "full/json"
            )
            .Where(line => line.StartsWith('['))
            .SelectMany(line => JsonSerializer.Deserialize<Test[]>(line)!)
            .Select(test => new Piece(
                test.DisplayName[(test.Class.LastIndexOf('.') + 1)..].Replace('_', ' '),
                minutes,
                Programs.Start(
                    project,
                    "-noLogo",
                    "-noColor",
                    "-preEnumerateTheories",
                    "-id",
                    test.ID
                )
            ))
            .OrderBy(piece => piece.Name, StringComparer.Ordinal)
            .ToArray();

    /// <summary>As the test programs list them.</summary>
    private sealed record Test(string DisplayName, string ID, string Class);
}
