using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What the runner remarks on after a run that went through.</summary>
public sealed class RemarksTests
{
    private static ExecutedCell Cell(double seconds, params string[] html) =>
        new(
            7,
            CellKind.CSharp,
            "Work();",
            70,
            TimeSpan.FromSeconds(seconds),
            html.Select(h => new CellOutput(
                    OutputKind.Display,
                    new Dictionary<string, string> { ["text/html"] = h }
                ))
                .ToArray()
        );

    private static string[] Remarks(
        ExecutedCell cell,
        double firstOutput = 3,
        long peakBytes = 2L << 30
    ) =>
        global::Diffusion
            .Runner.Commands.Remarks.Of(
                new ExecutedNotebook(
                    "01-first",
                    "01-first.dib",
                    [cell],
                    new RunCosts(
                        TimeSpan.FromMinutes(1),
                        TimeSpan.FromSeconds(2),
                        TimeSpan.FromSeconds(firstOutput),
                        peakBytes
                    )
                )
            )
            .ToArray();

    [Fact]
    public void AQuickCellMayBeSilent() => Assert.Empty(Remarks(Cell(1.9)));

    [Fact]
    public void ALongCellThatShowsProgressIsFine() =>
        Assert.Empty(Remarks(Cell(60, "<p>a figure</p>", "<div><progress max=\"3\"></progress>")));

    [Fact]
    public void ALongSilenceIsNamedWithItsCellAndTheCure()
    {
        var remark = Assert.Single(Remarks(Cell(2.6, "<p>a figure</p>")));

        Assert.Contains("01-first, cell 7 (line 70) took 2.6 s", remark);
        Assert.Contains("Progress.Over", remark);
    }

    [Fact]
    public void TheLibrarysProgressIsWhatIsLookedFor() =>
        Assert.Contains(
            "<progress ",
            File.ReadAllText(Path.Combine(RepositoryRoot.Path, "lib/Diffusion/Progress.csx"))
        );

    [Fact]
    public void ALateFirstOutputIsRemarked() =>
        Assert.Contains(
            "showed nothing for 15.5 s",
            Assert.Single(Remarks(Cell(1), firstOutput: 15.5))
        );

    [Fact]
    public void MoreThanFourGigabytesAreRemarked()
    {
        Assert.Empty(Remarks(Cell(1), peakBytes: 4L << 30));
        Assert.Contains("5,120 MB", Assert.Single(Remarks(Cell(1), peakBytes: 5L << 30)));
    }
}
