using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Diffusion.Tests;

/// <summary>Where no engine runs. What one shows is tested with the runner.</summary>
public sealed class ProgressTests
{
    [Fact]
    public void Elements_go_through_one_at_a_time()
    {
        var (made, noted, drawn) = (0, new List<int>(), new List<int>());
        IEnumerable<int> Made()
        {
            for (var i = 0; i < 5; i++)
            {
                made++;
                yield return i;
            }
        }
        var expected = 0;
        foreach (
            var item in Progress.Over(
                Made(),
                5,
                "Counting",
                i =>
                {
                    noted.Add(i);
                    return "";
                },
                i =>
                {
                    drawn.Add(i);
                    return i;
                }
            )
        )
        {
            Assert.Equal(expected++, item);
            Assert.Equal(expected, made);
        }
        Assert.Equal([0, 1, 2, 3, 4], noted);
        Assert.Equal([0, 1, 2, 3, 4], drawn);
    }

    [Fact]
    public void An_endless_sequence_may_be_left()
    {
        Assert.Equal(
            [1, 2, 3],
            Progress.Over(Enumerable.Range(1, int.MaxValue), 3, "Endless").Take(3)
        );
    }

    [Fact]
    public void What_a_sequence_throws_arrives()
    {
        static IEnumerable<int> Failing()
        {
            yield return 1;
            throw new InvalidOperationException("in the middle");
        }
        var error = Assert.Throws<InvalidOperationException>(() =>
            Progress.Over(Failing(), 2, "Failing").Count()
        );
        Assert.Equal("in the middle", error.Message);
    }
}
