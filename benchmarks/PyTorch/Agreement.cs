using System;
using System.Globalization;
using System.Linq;
using Diffusion.Benchmarks.Reports;
using Diffusion.Benchmarks.Works;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Benchmarks.PyTorch;

/// <summary>Whether PyTorch and we predict the same noise from the same file of weights.</summary>
internal static class Agreement
{
    private const int Images = 4;
    private const int Timestep = 500;

    // Two orders of summation in float32 differ by less; another network, by far more.
    private const double MostInFloat32 = 1e-3;

    /// <exception cref="InvalidOperationException">In float32, the two compute different networks.</exception>
    public static MarkdownTable Table(
        Networks networks,
        PyTorchProcess article,
        PyTorchProcess best
    )
    {
        var table = new MarkdownTable("ours", "the article's way", "best effort");
        foreach (var format in networks.Formats)
        {
            var line = Line(new Unconditional(networks.Plain, format));
            var (ofArticle, ofBest) = (article.Ask(line), best.Ask(line));
            if (format == Precision.Float32)
                Require(ofArticle);
            table.Add(Units.Name(format), Shown(ofArticle), Shown(ofBest));
        }
        return table;
    }

    /// <summary>Images with our prediction after each, as the bytes of float32 in base 64.</summary>
    private static string Line(INoisePredictor predictor)
    {
        using var scope = NewDisposeScope();
        var x = randn([Images, 1, 32, 32], generator: new Generator(1));
        var both = stack([x, predictor.Predict(x, Timestep)], dim: 1);
        return $"error {Convert.ToBase64String(both.bytes.ToArray())} {Timestep}";
    }

    private static void Require(string difference)
    {
        if (!(Numbers(difference)[0] < MostInFloat32))
            throw new InvalidOperationException(
                $"PyTorch's prediction differs from ours by {difference}: they do not compute the same network, so their times cannot be compared."
            );
    }

    private static string Shown(string difference)
    {
        var numbers = Numbers(difference);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{numbers[0]:0.0E+0} (root mean square {numbers[1]:0.0E+0})"
        );
    }

    private static double[] Numbers(string answer) =>
        answer
            .Split(' ')
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture))
            .ToArray();
}
