#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;

/// <summary>A chart as SVG: what a figure of curves shows where no script runs.</summary>
internal static class StaticChart
{
    private const double Width = 860,
        Height = 368,
        Left = 70,
        Right = 14,
        Top = 30,
        Bottom = 50;

    // Okabe and Ito's palette, told apart with every common kind of colour blindness; its black is a grey
    // here, to be seen on dark pages too.
    private static readonly string[] Palette =
    [
        "#0072b2",
        "#d55e00",
        "#009e73",
        "#cc79a7",
        "#e69f00",
        "#777777",
    ];

    public static string Svg(IReadOnlyList<Series> series, Axes axes, string alt)
    {
        var (x0, x1) = Extent(series.SelectMany(s => s.X), axes.LogX);
        var (y0, y1) = Extent(series.SelectMany(s => s.Y), axes.LogY);
        if (series.Any(s => s.Mark == Mark.Bars) && !axes.LogY)
            (y0, y1) = (Math.Min(0, y0), Math.Max(0, y1));
        double X(double v) =>
            Left + (Scale(v, axes.LogX) - x0) / (x1 - x0) * (Width - Left - Right);
        double Y(double v) =>
            Height - Bottom - (Scale(v, axes.LogY) - y0) / (y1 - y0) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append(
            $"<svg class=\"static\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(alt)}\" viewBox=\"0 0 {Width} {Height}\" font-size=\"12\" fill=\"currentColor\" font-family=\"sans-serif\">"
        );
        foreach (var tick in Ticks(x0, x1))
            svg.Append(
                Invariant(
                    $"<text x=\"{Left + (tick - x0) / (x1 - x0) * (Width - Left - Right):f1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Label(tick, axes.LogX)}</text>"
                )
            );
        foreach (var tick in Ticks(y0, y1))
        {
            var at = Height - Bottom - (tick - y0) / (y1 - y0) * (Height - Top - Bottom);
            svg.Append(
                Invariant(
                    $"<path d=\"M{Left} {at:f1}H{Width - Right}\" stroke=\"currentColor\" stroke-opacity=\".15\"/><text x=\"{Left - 8}\" y=\"{at + 4:f1}\" text-anchor=\"end\">{Label(tick, axes.LogY)}</text>"
                )
            );
        }
        for (var i = 0; i < series.Count; i++)
            svg.Append(Draw(series[i], Palette[i % Palette.Length], X, Y, axes));
        svg.Append(
            Invariant(
                $"<text x=\"{Width / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(axes.XTitle)}</text><text transform=\"translate(14 {Height / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(axes.YTitle)}</text>"
            )
        );
        if (series.Count > 1)
            svg.Append(Legend(series));
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Smallest and largest number that can be drawn, as powers of ten on a logarithmic axis.</summary>
    public static (double Low, double High) Extent(IEnumerable<double> values, bool log)
    {
        var drawn = values
            .Where(v => double.IsFinite(v) && (!log || v > 0))
            .Select(v => Scale(v, log));
        var (low, high) = drawn.Aggregate(
            (Low: double.PositiveInfinity, High: double.NegativeInfinity),
            (range, v) => (Math.Min(range.Low, v), Math.Max(range.High, v))
        );
        return low > high ? (0, 1)
            : low == high ? (low - 0.5, high + 0.5)
            : (low, high);
    }

    private static double Scale(double v, bool log) => log ? Math.Log10(v) : v;

    private static string Draw(
        Series series,
        string colour,
        Func<double, double> x,
        Func<double, double> y,
        Axes axes
    )
    {
        bool CanBeDrawn((double X, double Y) p) =>
            double.IsFinite(p.Y) && (!axes.LogX || p.X > 0) && (!axes.LogY || p.Y > 0);
        var points = series.X.Zip(series.Y).ToArray();
        // More points than pixels only make the file longer.
        var step = Math.Max(1, points.Length / 900);
        var drawn = points.Where((p, i) => i % step == 0 && CanBeDrawn(p)).ToArray();
        return series.Mark switch
        {
            Mark.Bars => string.Concat(
                drawn.Select(p =>
                    Invariant(
                        $"<path d=\"M{x(p.First):f1} {Height - Bottom}V{y(p.Second):f1}\" stroke=\"{colour}\" stroke-width=\"{Math.Max(1, 0.8 * (Width - Left - Right) / drawn.Length):f1}\"/>"
                    )
                )
            ),
            Mark.Points => string.Concat(
                drawn.Select(p =>
                    Invariant(
                        $"<circle cx=\"{x(p.First):f1}\" cy=\"{y(p.Second):f1}\" r=\"2.5\" fill=\"{colour}\"/>"
                    )
                )
            ),
            _ => drawn.Length == 0
                ? ""
                : $"<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{(series.Mark == Mark.Dashed ? " stroke-dasharray=\"7 5\"" : "")} d=\"{Line()}\"/>",
        };

        // What cannot be drawn lifts the pen, as in the live chart.
        string Line()
        {
            var line = new StringBuilder();
            var lifted = true;
            for (var i = 0; i < points.Length; i++)
            {
                if (!CanBeDrawn(points[i]))
                    lifted = true;
                else if (lifted || i % step == 0)
                {
                    line.Append(lifted ? 'M' : 'L')
                        .Append(Invariant($"{x(points[i].First):f1} {y(points[i].Second):f1}"));
                    lifted = false;
                }
            }
            return line.ToString();
        }
    }

    private static string Legend(IReadOnlyList<Series> series)
    {
        var svg = new StringBuilder();
        var at = Left;
        for (var i = 0; i < series.Count; i++)
        {
            svg.Append(
                Invariant(
                    $"<path d=\"M{at} 14h18\" stroke=\"{Palette[i % Palette.Length]}\" stroke-width=\"3\"/><text x=\"{at + 24}\" y=\"18\">{WebUtility.HtmlEncode(series[i].Name)}</text>"
                )
            );
            at += 44 + 6.6 * series[i].Name.Length;
        }
        return svg.ToString();
    }

    private static IEnumerable<double> Ticks(double low, double high)
    {
        var rough = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1, 2, 5, 10 }.First(m => m * power >= rough) * power;
        for (var i = Math.Ceiling(low / step); i * step <= high + 1e-9 * step; i++)
            yield return i * step;
    }

    private static string Label(double tick, bool log) =>
        (log ? Math.Pow(10, tick) : tick).ToString("0.####;-0.####;0", CultureInfo.InvariantCulture)
            is var plain
        && log
        && (tick < -3 || tick > 5)
            ? Invariant($"10<tspan dy=\"-4\" font-size=\"9\">{tick:0.#}</tspan>")
            : plain;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
