using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Faults;

/// <summary>
/// SIGKILL not at random, but just before each step that changes a folder of pages; most of these take less time
/// than random kills would ever hit. <c>strace</c> counts the steps and kills.
/// </summary>
internal sealed class KilledSteps : IDisposable
{
    private static readonly (string Call, int Number)[] Steps =
    [
        // The exchange: the decision, files that nobody asks for first, pages, the contents, the end.
        .. new[] { 1, 2, 3, 9, 15, 21, 27, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41 }.Select(n =>
            ("rename", n)
        ),
        // Making and removing of what is unfinished, of pages that are no longer wanted, of the lock.
        .. Enumerable.Range(1, 9).Select(n => ("rmdir", n)),
        .. Enumerable.Range(1, 5).Select(n => ("unlink", n)),
        .. Enumerable.Range(1, 9).Select(n => ("mkdir", n)),
    ];

    private readonly SmallClone clone = new();
    private int tried;
    private int killed;

    public IEnumerable<Fault> All =>
        [
            new(
                "SIGKILL before each step of putting pages in their places",
                "every page is whole; the next run ends with the new ones, all of them, and tidies up",
                2 * Steps.Length,
                BookKilled
            )
            {
                Afterwards = () =>
                    Fault.Require(2 * killed >= tried, $"Only {killed} of {tried} were killed."),
            },
            new(
                "SIGKILL while pages are written, then a reader's file",
                "the file stays; once it is moved, the pages are whole",
                10,
                i => KilledThenWritten(4 * i + 1)
            ),
        ];

    public void Dispose() => clone.Dispose();

    /// <summary>Kills the runner, and it alone, before one of its system calls.</summary>
    /// <returns>Whether it came to that.</returns>
    private static bool Kill(SmallClone clone, (string Call, int Number) before, string[] arguments)
    {
        var (code, output) = clone.Run(
            arguments,
            [
                "strace",
                "--follow-forks",
                "--output=/dev/null",
                $"--trace={before.Call}",
                // Each thread has a count of its own; one of them does all of the exchange.
                $"--inject={before.Call}:signal=SIGKILL:when={before.Number}",
            ]
        );
        // strace ends as the program did.
        Fault.Require(code is 0 or 137, $"Is strace installed? Code {code}:\n{output}");
        return code == 137;
    }

    /// <summary>Each step twice: while a chapter comes, and while it goes.</summary>
    private void BookKilled(int attempt)
    {
        if (attempt == 0)
            clone.Book();
        var third = clone["notebooks/02-third.dib"];
        if (attempt % 2 == 0)
            File.WriteAllText(third, "#!markdown\n\n# Third\n\n#!csharp\n\n1\n");
        else
            File.Delete(third);
        tried++;
        // Few tries are of all kinds, too.
        if (Kill(clone, Steps[attempt / 2 * 7 % Steps.Length], []))
            killed++;
        foreach (var page in Directory.GetFiles(clone["book"], "*.html"))
            SmallClone.RequireWholePage(page);
        var (code, output) = clone.Run([]);
        Fault.Require(code == 0, output);
        Fault.Require(
            File.Exists(clone["book/02-third.html"]) == File.Exists(third),
            "The next run left the old pages."
        );
        clone.RequireWholeBook(attempt % 2 == 0 ? ["02-third.html"] : []);
        clone.RequireNothingLeft();
    }

    private static void KilledThenWritten(int rename)
    {
        using var clone = new SmallClone();
        string[] pages = ["run", "00", "--output", "site"];
        Fault.Require(clone.Run(pages).Code == 0, "The first pages were not written.");
        Kill(clone, ("rename", rename), pages);
        clone.Write("site/notes.txt", "precious");
        // What the kill left is tidied up, but nothing else is done.
        var ended = clone.Run(pages);
        SmallClone.RequireSentence(ended, 2);
        Fault.Require(ended.Output.Contains("notes.txt", StringComparison.Ordinal), ended.Output);
        Fault.Require(File.ReadAllText(clone["site/notes.txt"]) == "precious", "The file is lost.");
        File.Delete(clone["site/notes.txt"]);
        var (code, output) = clone.Run(pages);
        Fault.Require(code == 0, output);
        foreach (var page in Directory.GetFiles(clone["site"], "*.html"))
            SmallClone.RequireWholePage(page);
        clone.RequireNothingLeft();
    }
}
