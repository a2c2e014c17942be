using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Diffusion.Tests;

/// <summary>Charts for readers without scripts.</summary>
public sealed partial class StaticChartTests
{
    private static string Svg(Series[] series, bool logX = false, bool logY = false) =>
        StaticChart.Svg(series, new Axes("<x>", "y", logX, logY), "What & why");

    private static double[] Numbers(string svg, string pattern) =>
        Regex
            .Matches(svg, pattern)
            .Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))
            .ToArray();

    [Fact]
    public void On_logarithmic_axes_equal_factors_are_equal_distances()
    {
        var svg = Svg(
            [new Series("a", [1, 10, 100, 1000], [1e-8, 1e-4, 1, 1e4], Mark.Points)],
            logX: true,
            logY: true
        );
        var (x, y) = (Numbers(svg, "cx=\"([^\"]*)\""), Numbers(svg, "cy=\"([^\"]*)\""));

        for (var i = 2; i < 4; i++)
        {
            Assert.Equal(x[1] - x[0], x[i] - x[i - 1], 0.21); // coordinates have one decimal
            Assert.Equal(y[1] - y[0], y[i] - y[i - 1], 0.21);
        }
        Assert.True(x[0] < x[3] && y[0] > y[3]);
        // Ticks at powers of ten: as they are, or as powers where they are long.
        foreach (var label in (string[])[">1<", ">10<", ">100<", ">1000<"])
            Assert.Contains(label, svg);
        Assert.Matches("10<tspan[^>]*>-5</tspan>", svg);
    }

    [Fact]
    public void Nothing_that_a_logarithm_does_not_know_is_drawn()
    {
        var svg = Svg(
            [new Series("a", [0, 1, 10, 100], [1, 0, -1, 5], Mark.Points)],
            logX: true,
            logY: true
        );

        Assert.Single(Numbers(svg, "cx=\"([^\"]*)\""));
        Assert.DoesNotContain("NaN", svg);
        Assert.DoesNotContain("∞", svg);
    }

    [Fact]
    public void Bars_are_as_long_as_their_numbers()
    {
        var svg = Svg([new Series("a", [10, 5, 2.5], Mark.Bars)]);
        var bars = Bar().Matches(svg);
        var lengths = bars.Select(b => Number(b, "from") - Number(b, "to")).ToArray();

        Assert.Equal(3, lengths.Length);
        Assert.Equal(2, lengths[0] / lengths[1], 2);
        Assert.Equal(4, lengths[0] / lengths[2], 2);

        static double Number(Match match, string group) =>
            double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Several_series_have_names_and_colours_of_their_own()
    {
        Series[] series =
        [
            .. Enumerable
                .Range(0, 6)
                .Select(i => new Series($"<{i}>", [1, 2 + i], i == 1 ? Mark.Dashed : Mark.Line)),
        ];
        var svg = Svg(series);

        for (var i = 0; i < 6; i++)
            Assert.Contains($">&lt;{i}&gt;</text>", svg);
        Assert.Equal(
            6,
            Regex
                .Matches(svg, "stroke=\"(#[0-9a-f]*)\" stroke-width=\"2\"")
                .Select(m => m.Groups[1].Value)
                .Distinct()
                .Count()
        );
        Assert.Single(Regex.Matches(svg, "stroke-dasharray"));
        Assert.DoesNotContain("&lt;0&gt;", Svg(series[..1]));
        Assert.Contains("aria-label=\"What &amp; why\"", svg);
        Assert.Contains(">&lt;x&gt;</text>", svg);
    }

    [Fact]
    public void A_curve_that_never_moves_and_one_without_numbers_can_be_drawn()
    {
        Assert.DoesNotContain("NaN", Svg([new Series("a", [3, 3, 3])]));
        Assert.DoesNotContain("NaN", Svg([new Series("a", [double.NaN, double.NaN])]));
    }

    [GeneratedRegex("<path d=\"M[0-9.]+ (?<from>[0-9.]+)V(?<to>[0-9.]+)\"")]
    private static partial Regex Bar();
}
