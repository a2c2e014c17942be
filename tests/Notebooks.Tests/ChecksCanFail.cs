using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Tests;
using SlowTests;
using Xunit;

namespace Notebooks.Tests;

/// <summary>
/// Run All is a proof only if it can fail: the library is broken on purpose, one line at a time,
/// and a check of the chapter that teaches that line must notice.
/// </summary>
/// <remarks>Of a chapter only the cells run that the check builds on: what the others do, it can't notice.</remarks>
public sealed class ChecksCanFail(BrokenLibrary library) : IClassFixture<BrokenLibrary>
{
    /// <summary>Number, chapter, library file, what is put there.</summary>
    public static TheoryData<int, string, string, string> Rows =>
        new(
            Defects.All.Select(
                (d, i) =>
                    new TheoryDataRow<int, string, string, string>(
                        i + 1,
                        d.Chapter,
                        d.File,
                        d.Replacement
                    )
            )
        );

    [Theory]
    [MemberData(nameof(Rows))]
    [Slow("The cells that the check needs run twice, and some of them sample or train.")]
    public async Task A_defect_in_the_library_fails_a_check(
        int number,
        string chapter,
        string file,
        string replacement
    )
    {
        _ = (file, replacement); // for the test's name
        var read = library.Chapter(chapter);
        var needed = read.Needs.Of(read.CellWith(Defects.All[number - 1].Check));
        try
        {
            Weaving.TurnOn(0);
            var sound = await read.RunAsync(needed);
            Assert.True(sound.Failure is null, $"Nothing is broken: {sound.Failure}");
            Weaving.TurnOn(number);
            var broken = await read.RunAsync(needed);
            Assert.Equal("Failed check", broken.Failure?.Kind);
        }
        finally
        {
            Weaving.TurnOn(0);
        }
    }

    /// <summary>The same with the line itself changed, and the whole chapter in the runner; takes half an hour.</summary>
    [LongTheory]
    [MemberData(nameof(Rows))]
    public void A_defect_in_the_library_fails_the_whole_chapter(
        int number,
        string chapter,
        string file,
        string replacement
    )
    {
        using var clone = new BrokenClone();
        clone.Break(file, Defects.All[number - 1].Text, replacement);
        var (exitCode, output) = RunnerProcess.Run(
            clone.PathOf("."),
            "run",
            Path.Combine("notebooks", $"{chapter}.dib")
        );
        Assert.True(exitCode == 1, $"The runner ended with {exitCode}:\n{output}");
        Assert.Contains("Failed check", output);
        Assert.Contains($"{chapter}.dib", output);
    }

    /// <summary>For whoever adds a defect: which checks of its chapter notice, and what each costs.</summary>
    [LongTheory]
    [MemberData(nameof(Rows))]
    public async Task Checks_that_notice(
        int number,
        string chapter,
        string file,
        string replacement
    )
    {
        _ = (file, replacement);
        var read = library.Chapter(chapter);
        var output = TestContext.Current.TestOutputHelper!;
        var slow = SlowCells.In(read);
        var named = read.CellWith(Defects.All[number - 1].Check);
        var noticed = new List<int>();
        foreach (
            var cell in read.Code.Where(i =>
                read.Cells[i].Source.Contains("Check.", StringComparison.Ordinal)
                && !read.Needs.Of(i).Any(slow.Contains)
            )
        )
        {
            Weaving.TurnOn(number);
            var (cells, failure) = await read.RunAsync(read.Needs.Of(cell));
            if (failure?.Kind != "Failed check" || failure.Cell != cell + 1)
                continue;
            noticed.Add(cell);
            output.WriteLine(
                $"{number} {chapter} {cells.Sum(c => c.Elapsed.TotalSeconds):f2} s: cell {cell + 1}: {failure.Message}"
            );
        }
        Weaving.TurnOn(0);
        if (!read.Needs.Of(named).Any(slow.Contains))
            Assert.Contains(named, noticed);
    }
}
