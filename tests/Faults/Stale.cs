using System;
using System.Collections.Generic;
using System.IO;

namespace Diffusion.Faults;

/// <summary>Something changes that decides what the book shows, behind the runner's back.</summary>
internal static class Stale
{
    private const string Unchanged = "Nothing has changed";

    public static IEnumerable<Fault> All =>
        [
            Input(
                "An imported notebook has changed",
                "notebooks/helper.dib",
                "#!csharp\n\nvar said = \"{0}\";\n",
                "#!import \"helper.dib\"\n\n#!csharp\n\nsaid"
            ),
            Input(
                "A file that a loaded file loads has changed",
                "shared/deep.csx",
                "public static class Deep {{ public static string Said => \"{0}\"; }}\n",
                "#load \"outer.csx\"\nDeep.Said"
            ),
            Input(
                "A file in `data/` has changed, and is as long and as old as before",
                "data/words",
                "{0}\n",
                "System.IO.File.ReadAllText(\"../data/words\")",
                everyChapter: true
            ),
            Input(
                "A file that a chapter reads elsewhere in the repository has changed",
                "docs/words.txt",
                "{0}\n",
                "System.IO.File.ReadAllText(System.IO.Path.Combine(\"..\", \"docs\", \"words\") + \".txt\")"
            ),
            new(
                "The number of libtorch's threads is another one",
                "every chapter runs again",
                1,
                _ => Threads()
            ),
            Page("A page was deleted", File.Delete),
            Page("A page was overwritten", page => File.WriteAllText(page, "<p>Mine.</p>")),
        ];

    /// <param name="text">Of the file; {0} is what the chapter shows of it.</param>
    /// <param name="code">The chapter's first code cell, and what follows.</param>
    /// <param name="everyChapter">Whether the others cannot do without the file either, as far as anybody knows.</param>
    private static Fault Input(
        string name,
        string file,
        string text,
        string code,
        bool everyChapter = false
    ) =>
        new(
            name,
            $"{(everyChapter ? "every chapter runs again" : "that chapter runs again and no other")}; the book shows the new state",
            1,
            _ => Change(file, text, code, others: everyChapter ? 0 : 1)
        );

    private static Fault Page(string name, Action<string> harm) =>
        new(name, "no chapter runs; the page is back, or a sentence names it", 1, _ => Harm(harm));

    /// <param name="others">How many chapters must not run again.</param>
    private static void Change(string file, string text, string code, int others)
    {
        using var clone = new SmallClone();
        clone.Write("notebooks/outer.csx", "#load \"../shared/deep.csx\"\n");
        clone.Write("notebooks/00-first.dib", $"#!markdown\n\n# First\n\n#!csharp\n\n{code}\n");
        clone.Write(file, string.Format(null, text, "before"));
        var time = File.GetLastWriteTimeUtc(clone[file]);
        clone.Book();
        Fault.Require(Run(clone).Contains(Unchanged, StringComparison.Ordinal), "It ran twice.");

        clone.Write(file, string.Format(null, text, "behind"));
        File.SetLastWriteTimeUtc(clone[file], time);
        var output = Run(clone);
        Fault.Require(
            !output.Contains(Unchanged, StringComparison.Ordinal)
                && output.Split("unchanged since").Length == others + 1,
            $"Others ran again than must:\n{output}"
        );
        Fault.Require(
            clone.Text().Contains("behind", StringComparison.Ordinal),
            "The book shows the old state."
        );
    }

    private static void Threads()
    {
        using var clone = new SmallClone();
        clone.Book();
        var (_, output) = clone.Run(
            [],
            variables: new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1" }
        );
        Fault.Require(
            !output.Contains("nchanged", StringComparison.Ordinal) && output.Contains("passed"),
            output
        );
    }

    private static void Harm(Action<string> harm)
    {
        using var clone = new SmallClone();
        var page = clone["book/index.html"];
        var before = clone.Book();
        var index = File.ReadAllText(page);
        harm(page);
        var (code, output) = clone.Run([]);
        Fault.Require(!output.Contains(Unchanged, StringComparison.Ordinal), "Nobody noticed.");
        if (code == 0)
        {
            Fault.Require(output.Split("unchanged since").Length == 3, $"Chapters ran:\n{output}");
            Fault.Require(File.ReadAllText(page) == index, "The page is another one.");
            Fault.Require(clone.Text() == before, "The book is another one.");
            return;
        }
        SmallClone.RequireSentence((code, output), 2);
        Fault.Require(output.Contains("index.html", StringComparison.Ordinal), output);
    }

    private static string Run(SmallClone clone)
    {
        var (code, output) = clone.Run([]);
        Fault.Require(code == 0, output);
        return output;
    }
}
