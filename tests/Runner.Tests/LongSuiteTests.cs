using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Diffusion.Long;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Which minutes of the long suite a commit gets, and what is kept of it.</summary>
public sealed class LongSuiteTests
{
    private static readonly double[] Minutes = [1, 5, 2, 2, 4, 1, 1, 9, 1];

    [Fact]
    public void Every_slice_is_some_commits_turn_and_all_begin_as_often()
    {
        var first = Enumerable
            .Range(0, 900)
            .Select(i => Turn(Commit(i))[0])
            .CountBy(i => i)
            .ToDictionary();
        Assert.Equal(Enumerable.Range(0, Minutes.Length), first.Keys.Order());
        Assert.All(first.Values, n => Assert.InRange(n, 60, 140));
    }

    [Fact]
    public void A_turn_goes_on_round_the_end_for_as_long_as_it_fits()
    {
        Assert.Equal([5, 6], Turn(Commit(5)));
        Assert.Equal([7], Turn(Commit(7))); // one at least, however long it is
        Assert.Equal([8, 0], Turn(Commit(8)));
        Assert.Equal(Enumerable.Range(0, 9), Turn(Commit(0), minutes: 100));
    }

    [Fact]
    public void The_same_commit_has_the_same_turn()
    {
        var commit = Commit(123_456_789);
        Assert.Equal(Turn(commit), Turn(commit));
    }

    [Fact]
    public void What_has_passed_is_kept_and_can_be_forgotten()
    {
        using var folder = new TestFolder();
        var part = new Part("kills", "", () => []);
        var (one, alike) = (
            new Piece(new string('a', 90) + "/x", 1, []),
            new Piece(new string('a', 90) + "?x", 1, [])
        );
        var kept = new Kept(folder.Path);
        Assert.Null(kept.Passed(part, one));
        File.WriteAllText(kept.Log(part, one), "said");
        Assert.Null(kept.Passed(part, one)); // begun is not passed
        kept.Remember(part, one, TimeSpan.FromSeconds(12.5));
        Assert.Equal(TimeSpan.FromSeconds(12.5), new Kept(folder.Path).Passed(part, one));
        Assert.Null(kept.Passed(part, alike));
        Assert.Null(kept.Passed(part with { Name = "faults" }, one));
        kept.Forget(part);
        Assert.Null(kept.Passed(part, one));
    }

    /// <summary>The name of a commit whose turn begins there: its first 48 bits are that number.</summary>
    private static string Commit(long number) =>
        number.ToString("x12", CultureInfo.InvariantCulture) + new string('f', 28);

    private static IReadOnlyList<int> Turn(string commit, double minutes = 5) =>
        Rotation.Of(
            Enumerable.Range(0, Minutes.Length).ToArray(),
            i => Minutes[i],
            commit,
            minutes
        );
}
