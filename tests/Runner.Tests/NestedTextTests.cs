using System;
using System.Linq;
using Diffusion.Runner.Linting;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Text that is nested or repeated without end is refused in a sentence, or shown; it ends no process.</summary>
public sealed class NestedTextTests
{
    private static string Times(string text, int count) =>
        string.Concat(Enumerable.Repeat(text, count));

    private static string Nested(string before, string inner, string after, int depth) =>
        Times(before, depth) + inner + Times(after, depth);

    private static string Lists(string sign, int depth) =>
        string.Concat(Enumerable.Range(0, depth).Select(i => $"{Times("  ", i)}{sign} x\n"));

    private static string Make(string kind) =>
        kind switch
        {
            "quotes" => Times(">", 2_000) + " x",
            "quotes with spaces" => Times("> ", 2_000) + "x",
            "lists" => Lists("-", 100),
            "lists 400 deep" => Lists("-", 400),
            "lists in a line" => Times("- ", 2_000) + "x",
            "numbers in a line" => Times("1. ", 2_000) + "x",
            "quotes and lists" => Times("> - ", 1_000) + "x",
            "links" => Nested("[", "x", "](y)", 2_000),
            "pictures" => Nested("![", "x", "](y)", 2_000),
            "emphasis" => Nested("*a **b ", "x", "** c*", 500),
            "fractions" => $"${Nested("\\frac{1}{", "x", "}", 250)}$",
            "braces" => $"${Nested("{", "x", "}", 900)}$",
            "brackets" => $"${Nested("\\left(", "x", "\\right)", 100)}$",
            "matrices" => $"$$\n{Nested("\\begin{matrix}", "x", "\\end{matrix}", 45)}\n$$",
            "groups" => $"${Nested("\\begingroup ", "x", "\\endgroup{}", 50)}$",
            "sizes" => $"${Times("\\rm", 600)} x$",
            "macros" => "$\\def\\a{\\b\\b}\\def\\b{\\a\\a}\\a$",
            "a long formula" => $"${Times("x+", 2_000)}x$",
            "many formulas" => string.Join(
                ' ',
                Enumerable.Range(0, 600).Select(i => $"$x_{{{i}}}$")
            ),
            "long formulas" => string.Join(
                ' ',
                Enumerable.Range(0, 9).Select(i => $"${Times("x+", 900)}{i}$")
            ),
            "a long cell" => Times("word ", 30_000),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    [Theory]
    [InlineData("quotes", "nested more than 64 deep")]
    [InlineData("quotes with spaces", "nested more than 64 deep")]
    [InlineData("lists", "nested more than 64 deep")]
    [InlineData("lists in a line", "nested more than 64 deep")]
    [InlineData("numbers in a line", "nested more than 64 deep")]
    [InlineData("lists 400 deep", "letters, and 30,000 is the most")]
    [InlineData("quotes and lists", "nested more than 64 deep")]
    [InlineData("pictures", "nested more than 64 deep")]
    [InlineData("emphasis", "nested more than 64 deep")]
    [InlineData("fractions", "nested more than 20 deep")]
    [InlineData("braces", "nested more than 20 deep")]
    [InlineData("brackets", "nested more than 20 deep")]
    [InlineData("matrices", "nested more than 20 deep")]
    [InlineData("groups", "nested more than 20 deep")]
    [InlineData("a long formula", "has 4,001 letters, and 2,000 is the most")]
    [InlineData("many formulas", "has 600 formulas, and 500 is the most")]
    [InlineData("long formulas", "letters in its formulas, and 10,000 is the most")]
    [InlineData("a long cell", "has 150,000 letters, and 30,000 is the most")]
    public void TheLinterAndTheBookNameTheCell(string kind, string said)
    {
        var text = Make(kind);
        using var folder = new TestFolder();
        var path = folder.Write("x.dib", $"#!markdown\n\n# First\n\n#!markdown\n\n{text}\n");
        var refusal = Assert.Single(Linter.Check(path));

        Assert.Equal((2, path), (refusal.Cell, refusal.File));
        Assert.Contains(said, refusal.Message);
        Assert.True(refusal.Message.Length < 250, refusal.Message);

        using var book = new SmallBook().With("00-first", "# First", text);
        var error = Assert.Throws<NotebookException>(() => book.Written());
        Assert.Contains("00-first.dib, cell 2, line 20: ", error.Message);
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData("sizes")]
    [InlineData("macros")]
    public void WhatOnlyKatexFindsTooMuchIsNamedByTheBook(string kind)
    {
        using var book = new SmallBook().With("00-first", "# First", Make(kind));

        var error = Assert.Throws<NotebookException>(() => book.Written());
        Assert.Contains("00-first.dib, cell 2, line 20: The formula '", error.Message);
    }

    [Fact]
    public void LinksInLinksAreNotNested()
    {
        using var book = new SmallBook().With("00-first", "# First", Make("links"), "## Later");

        Assert.NotNull(book.Written().Page("00-first.html").QuerySelector("main > section > h2"));
    }

    [Fact]
    public void WhatAnAuthorNestsIsShown()
    {
        using var book = new SmallBook()
            .With(
                "00-first",
                "# First",
                $"{Lists("-", 12)}\n> > > > quoted\n\n${Nested("\\frac{1}{", "x", "}", 12)}$"
            )
            .Written();

        var page = book.Page("00-first.html");
        Assert.Equal(12, page.QuerySelectorAll("main ul").Length);
        Assert.Equal(12, page.QuerySelectorAll("main mfrac").Length);
    }

    [Theory]
    [InlineData("List<")]
    [InlineData("(")]
    [InlineData("{")]
    [InlineData("x?")]
    [InlineData("-")]
    [InlineData("x=>")]
    [InlineData("if(x)")]
    public void CodeThatIsNestedWithoutEndIsShownWithoutColours(string part)
    {
        var code = Times(part, 5_000 / part.Length * 5);
        using var book = new SmallBook()
            .With("00-first", "# First", $"```csharp\nvar a = 1;\n```\n\n```csharp\n{code}\n```")
            .Written();

        var listings = book.Page("00-first.html").QuerySelectorAll("main pre.listing > code");
        Assert.NotEmpty(listings[0].Children);
        Assert.Empty(listings[1].Children);
        Assert.Equal(code, listings[1].TextContent.Trim());
    }

    [Fact]
    public void CheckNamesAFormulaWithItsLine()
    {
        using var folder = new TestFolder();
        var path = folder.Write(
            "x.dib",
            "#!markdown\n\n# First\n\nA line,\nand $x$, $\\frac{1$.\n"
        );

        var refusal = Assert.Single(
            new Diffusion.Runner.Book.TextCheck(Diffusion.Runner.Book.PageMemory.None).Find(path)
        );
        Assert.Equal(
            (1, 6, "and $x$, $\\frac{1$."),
            (refusal.Cell, refusal.Line, refusal.LineText)
        );
        Assert.StartsWith("The formula '\\frac{1' cannot be typeset:", refusal.Message);
    }
}
