using System;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class NeighboursTests
{
    [Fact]
    public void The_nearest_are_those_of_a_search_through_all()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var queries = randn(1200, 5, generator: generator);
        var references = randn(300, 5, generator: generator);
        var (distances, indices) = Neighbours.Nearest(queries, references, 2);
        foreach (var q in new[] { 0, 999, 1000, 1199 })
        {
            var expected = Enumerable
                .Range(0, 300)
                .Select(r => (At: (long)r, Distance: Distance(queries[q], references[r])))
                .OrderBy(p => p.Distance)
                .Take(2)
                .ToArray();
            for (var i = 0; i < 2; i++)
            {
                Assert.Equal(expected[i].At, indices[q, i].item<long>());
                Assert.Equal(expected[i].Distance, distances[q, i].item<float>(), 1e-3);
            }
        }

        static double Distance(Tensor a, Tensor b) =>
            Math.Sqrt(a.Values().Zip(b.Values(), (x, y) => (x - y) * (x - y)).Sum());
    }

    /// <summary>Kynkäänniemi et al. 2019, figure 1: half of what is drawn is real, a quarter of what is real is drawn.</summary>
    [Fact]
    public void Precision_and_recall_count_what_overlaps()
    {
        using var scope = NewDisposeScope();
        // Points in a row, one apart; whoever is farther than 3 from all of a set is outside of it.
        Tensor Row(int from, int to) => arange(from, to, dtype: ScalarType.Float32).unsqueeze(1);
        var real = cat([Row(0, 100), Row(1000, 1300)], dim: 0);
        var generated = cat([Row(0, 100), Row(5000, 5100)], dim: 0) + 0.25;
        var (precision, recall) = Neighbours.PrecisionRecall(real, generated);
        Assert.Equal(0.5, precision, 1e-9);
        Assert.Equal(0.25, recall, 1e-9);
    }

    [Fact]
    public void Of_the_same_distribution_nearly_all_lie_among_each_other()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor Draw() => randn(1500, 4, generator: generator);
        var (precision, recall) = Neighbours.PrecisionRecall(Draw(), Draw());
        Assert.InRange(precision, 0.9, 1);
        Assert.InRange(recall, 0.9, 1);
        // Less varied: still among the real ones, but these are no longer covered.
        (precision, recall) = Neighbours.PrecisionRecall(Draw(), Draw() * 0.3);
        Assert.InRange(precision, 0.95, 1);
        Assert.InRange(recall, 0, 0.3);
    }

    [Fact]
    public void As_few_as_one_and_as_many_as_there_are_can_be_asked_for()
    {
        using var scope = NewDisposeScope();
        var line = tensor(new float[] { 0, 1, 3, 7 }).unsqueeze(1);
        var query = tensor(new float[] { 2.9f }).unsqueeze(1);
        Assert.Equal([2L], Neighbours.Nearest(query, line).Indices.data<long>().ToArray());
        Assert.Equal(
            [2L, 1, 0, 3],
            Neighbours.Nearest(query, line, 4).Indices.data<long>().ToArray()
        );
    }

    /// <summary>"Nearer than the k-th neighbour" includes as near as that one: copies of one image lie among each other.</summary>
    [Fact]
    public void Copies_lie_among_copies()
    {
        using var scope = NewDisposeScope();
        var (precision, recall) = Neighbours.PrecisionRecall(ones(5, 2), ones(5, 2));
        Assert.Equal((1, 1), (precision, recall));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Neighbours.Nearest(rand(2, 3), rand(2, 4)));
        Assert.Throws<ArgumentException>(() => Neighbours.Nearest(rand(2, 3), rand(2, 3), 3));
        Assert.Throws<ArgumentException>(() => Neighbours.Nearest(rand(2, 3), rand(2, 3), 0));
    }
}
