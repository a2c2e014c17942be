using System;
using System.Collections.Generic;
using System.Linq;

namespace Notebooks.Tests;

/// <summary>Cells that take seconds: chapters give them a bar. Only the long tests run them, and what builds on them.</summary>
internal static class SlowCells
{
    private static readonly string[] Bars = ["Progress.", "progress:"];

    /// <summary>The places of a chapter's slow cells.</summary>
    public static IReadOnlySet<int> In(Chapter chapter) =>
        chapter.Code.Where(i => HasBar(chapter.Cells[i].Source)).ToHashSet();

    /// <summary>Whether a cell has a bar.</summary>
    public static bool HasBar(string source) =>
        Bars.Any(bar => source.Contains(bar, StringComparison.Ordinal));
}
