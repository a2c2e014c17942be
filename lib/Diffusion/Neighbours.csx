#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>What lies nearest in a space of features: for precision and recall, and to see that nothing was copied.</summary>
public static class Neighbours
{
    private const int Rows = 1000; // of a block of distances

    /// <summary>The nearest references of each query.</summary>
    /// <param name="queries"><c>[N, D]</c>, or anything with one row a query.</param>
    /// <param name="references"><c>[M, D]</c>.</param>
    /// <param name="count">How many, 1 … M.</param>
    /// <returns>Euclidean distances, rising, and the references' indices, both <c>[N, count]</c>.</returns>
    /// <exception cref="ArgumentException">Rows of different length, or fewer references than asked for.</exception>
    public static (Tensor Distances, Tensor Indices) Nearest(
        Tensor queries,
        Tensor references,
        int count = 1
    )
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var (from, to) = (queries.flatten(1), references.flatten(1));
        if (from.shape[1] != to.shape[1] || count < 1 || count > to.shape[0])
            throw new ArgumentException(
                $"The {count} nearest of {to.shape[0]} rows of {to.shape[1]} numbers are asked for rows of {from.shape[1]} numbers: there must be that many, of the same length.",
                nameof(references)
            );
        var (distances, indices) = (new List<Tensor>(), new List<Tensor>());
        for (long start = 0; start < from.shape[0]; start += Rows)
        {
            Host.ThrowIfStopped();
            using var block = NewDisposeScope();
            var some = from.narrow(0, start, Math.Min(Rows, from.shape[0] - start));
            var (values, places) = cdist(some, to).topk(count, dim: 1, largest: false);
            distances.Add(values.MoveToOuterDisposeScope());
            indices.Add(places.MoveToOuterDisposeScope());
        }
        return (
            cat(distances, dim: 0).MoveToOuterDisposeScope(),
            cat(indices, dim: 0).MoveToOuterDisposeScope()
        );
    }

    /// <summary>
    /// Precision, the share of generated images that lie among the real ones, and recall, the share
    /// of real images that lie among the generated ones (Kynkäänniemi et al. 2019, eq. 2). An image
    /// lies among others where it is nearer to one of them than that one's k-th neighbour.
    /// </summary>
    /// <param name="real">Features, <c>[N, D]</c>.</param>
    /// <param name="generated"><c>[M, D]</c>.</param>
    /// <param name="k">Neighbours; the paper's 3 where nothing is said.</param>
    /// <returns>Both 0 … 1.</returns>
    public static (double Precision, double Recall) PrecisionRecall(
        Tensor real,
        Tensor generated,
        int k = 3
    ) => (Share(generated, real, k), Share(real, generated, k));

    /// <summary>The share of the points that lie among the others.</summary>
    private static double Share(Tensor points, Tensor others, int k)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        // Each is its own nearest neighbour.
        var radii = Nearest(others, others, k + 1).Distances.select(1, k);
        long inside = 0;
        for (long start = 0; start < points.shape[0]; start += Rows)
        {
            Host.ThrowIfStopped();
            using var block = NewDisposeScope();
            var some = points.narrow(0, start, Math.Min(Rows, points.shape[0] - start));
            inside += (cdist(some, others) <= radii).any(1).sum().item<long>();
        }
        return (double)inside / points.shape[0];
    }
}
