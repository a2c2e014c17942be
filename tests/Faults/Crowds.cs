using System;
using System.Collections.Generic;
using System.Linq;

namespace Diffusion.Faults;

/// <summary>Several runners at once in one clone.</summary>
internal static class Crowds
{
    public static IEnumerable<Fault> All =>
        [
            new(
                "Three runners write the book of one clone at once",
                "all succeed; the book is whole",
                5,
                _ => Books()
            ),
            new(
                "`clean` while the book is made",
                "a whole book, or none and a sentence",
                5,
                i => Clean(i)
            ),
        ];

    private static void Books()
    {
        using var clone = new SmallClone();
        clone.Book();
        var runs = Enumerable.Range(0, 3).Select(_ => clone.Start("--fresh")).ToArray();
        try
        {
            foreach (var run in runs)
                Fault.Require(run.End() == 0, $"One failed:\n{run.Output}");
        }
        finally
        {
            foreach (var run in runs)
                run.Dispose();
        }
        clone.RequireWholeBook();
        clone.RequireNothingLeft();
    }

    private static void Clean(int attempt)
    {
        using var clone = new SmallClone();
        clone.Book();
        using var run = clone.Start("--fresh");
        run.Wait(TimeSpan.FromSeconds(0.8 * attempt));
        SmallClone.RequireSentence(clone.Run(["clean"]), 0, 2);
        SmallClone.RequireSentence((run.End(), run.Output), 0, 2);
        if (System.IO.Directory.Exists(clone["book"]))
            clone.RequireWholeBook();
        clone.Book();
        clone.RequireNothingLeft();
    }
}
