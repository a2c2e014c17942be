using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Diffusion.Faults;

/// <summary>Chapters whose text or name somebody chose to do harm.</summary>
internal static partial class Texts
{
    private static readonly (string What, string Text)[] Nested =
    [
        ("2,000 quotes", Times(">", 2_000) + " x"),
        ("lists 400 deep", Deep(400)),
        ("2,000 pictures in each other", Times("![", 2_000) + "x" + Times("](y)", 2_000)),
        ("250 fractions in each other", $"${Times("\\frac{1}{", 250)}x{Times("}", 250)}$"),
        ("600 fonts of a formula in a row", $"${Times("\\rm", 600)} x$"),
        ("a formula that doubles itself", "$\\def\\a{\\b\\b}\\def\\b{\\a\\a}\\a$"),
        ("a formula of 100,000 letters", $"${Times("x+", 45_000)}x$"),
        ("a cell of a million letters", Times("word ", 200_000)),
    ];

    private static readonly string[] Names =
    [
        "06-\"onmouseover=\"alert(1)\" x",
        "06-'onmouseover='alert(1)' x",
        "06-<img src=x onerror=alert(1)>",
        "06-a#b?c%20d%zz&amp;e&f",
        "06-two  spaces",
        "06-日本-ünï",
        "06-\u202eback\u202c",
        "javascript:alert(1)",
        "06-back\\slash",
    ];

    public static IEnumerable<Fault> All =>
        [
            .. from nested in Nested
            select new Fault(
                $"A text cell with {nested.What}",
                "`check` and the book name file, cell and line",
                1,
                _ => RequireNamed(nested.Text)
            ),
            new(
                "A notebook's name with signs of HTML and of addresses",
                "every link to its page leads there",
                Names.Length,
                i => RequireLinked(Names[i])
            ),
        ];

    private static void RequireNamed(string text)
    {
        using var clone = new SmallClone();
        clone.Write(
            "notebooks/00-first.dib",
            $"#!markdown\n\n# First\n\n#!markdown\n\n{text}\n\n#!csharp\n\n1\n"
        );
        foreach (
            var arguments in new[]
            {
                new[] { "check", "notebooks/00-first.dib" },
                ["run", "notebooks/00-first.dib", "--output", "pages"],
            }
        )
        {
            var ended = clone.Run(arguments);
            SmallClone.RequireSentence(ended, 1, 2);
            Fault.Require(
                Culprit().IsMatch(ended.Output.ReplaceLineEndings(" ")),
                $"{arguments[0]} named nobody:\n{ended.Output}"
            );
            Fault.Require(!Directory.Exists(clone["pages"]), "Pages were written.");
        }
    }

    private static void RequireLinked(string name)
    {
        using var clone = new SmallClone();
        File.Move(clone["notebooks/00-first.dib"], clone[$"notebooks/{name}.dib"]);
        var (code, output) = clone.Run(["--fresh"]);
        Fault.Require(code == 0, output);
        var index = File.ReadAllText(clone["book/index.html"]);
        var links = Link().Matches(index).Select(m => m.Groups["file"].Value).Distinct();
        Fault.Require(
            links.Any(l => Uri.UnescapeDataString(l) == $"{name}.html"),
            "The contents do not link to it."
        );
        foreach (var link in links)
            Fault.Require(
                File.Exists(clone[$"book/{Uri.UnescapeDataString(link)}"]),
                $"{link} leads nowhere."
            );
        Fault.Require(!index.Contains(" onmouseover=", StringComparison.Ordinal), "A handler.");
    }

    private static string Times(string text, int count) =>
        string.Concat(Enumerable.Repeat(text, count));

    private static string Deep(int depth) =>
        string.Concat(Enumerable.Range(0, depth).Select(i => $"{Times("  ", i)}- x\n"));

    [GeneratedRegex(@"00-first.*cell 2.*line \d+|00-first.*line \d+.*cell 2")]
    private static partial Regex Culprit();

    [GeneratedRegex("""<a href="(?<file>[^"#]+)["#]""")]
    private static partial Regex Link();
}
