#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using Plotly.NET;

/// <summary>How a series is drawn.</summary>
public enum Mark
{
    Line,
    Dashed,
    Points,
    Bars,
}

/// <summary>One line, cloud of points or row of bars.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="X">As many as <paramref name="Y"/>.</param>
/// <param name="Y">Numbers; NaN leaves a gap.</param>
/// <param name="Mark">How it is drawn.</param>
public sealed record Series(
    string Name,
    IReadOnlyList<double> X,
    IReadOnlyList<double> Y,
    Mark Mark = Mark.Line
)
{
    /// <summary>y over 1, 2, 3, …</summary>
    public Series(string name, IReadOnlyList<double> y, Mark mark = Mark.Line)
        : this(name, Enumerable.Range(1, y.Count).Select(i => (double)i).ToArray(), y, mark) { }

    /// <summary>A formula, at evenly spread points.</summary>
    public static Series Of(
        string name,
        Func<double, double> f,
        double from,
        double to,
        int points = 200,
        Mark mark = Mark.Line
    )
    {
        var x = Enumerable
            .Range(0, points)
            .Select(i => from + (to - from) * i / (points - 1))
            .ToArray();
        return new Series(name, x, x.Select(f).ToArray(), mark);
    }

    public override string ToString() => $"Series {Name}: {Y.Count} points";
}

/// <summary>Titles and scales of a chart's two axes.</summary>
internal sealed record Axes(string XTitle, string YTitle, bool LogX, bool LogY);

/// <summary>Lines, points and bars.</summary>
internal static class CurveFigures
{
    public static Figure Curves(
        IReadOnlyList<Series> series,
        Axes axes,
        string title,
        string caption,
        string alt
    )
    {
        Require(series);
        var layout = LayoutOf(axes, series.Count, []);
        return Make(
            "Curves",
            series,
            axes,
            title,
            caption,
            alt,
            FigureSpec.Json(series.Select(TraceOf), layout),
            frames: 0
        );
    }

    public static Figure Moving(
        IReadOnlyList<IReadOnlyList<Series>> frames,
        IReadOnlyList<string> labels,
        Axes axes,
        string title,
        string caption,
        string alt,
        int opensAt
    )
    {
        if (frames.Count == 0 || frames.Count != labels.Count)
            throw new ArgumentException(
                $"Moving curves need at least one frame and one label a frame, but got {frames.Count} frames and {labels.Count} labels.",
                nameof(frames)
            );
        foreach (var frame in frames)
            Require(frame);
        if (frames.Any(f => f.Count != frames[0].Count))
            throw new ArgumentException(
                "All frames of moving curves must have the same number of series.",
                nameof(frames)
            );
        var all = frames.SelectMany(f => f).ToArray();
        // The axes hold every frame, so that the eye follows the curves and not the axes.
        (string, object)[] Range(bool log, Func<Series, IReadOnlyList<double>> of)
        {
            var (low, high) = StaticChart.Extent(all.SelectMany(of), log);
            var margin = 0.04 * (high - low);
            return [("range", new[] { low - margin, high + margin })];
        }
        var layout = LayoutOf(
            axes,
            frames[0].Count,
            Range(axes.LogX, s => s.X),
            Range(axes.LogY, s => s.Y)
        );
        return Make(
            "Moving curves",
            frames[opensAt],
            axes,
            title,
            caption,
            alt,
            FigureSpec.Json(
                frames[opensAt].Select(TraceOf),
                layout,
                frames.Zip(labels, (f, l) => (l, f.Select(TraceOf))),
                opensAt
            ),
            frames.Count
        );
    }

    private static Figure Make(
        string kind,
        IReadOnlyList<Series> series,
        Axes axes,
        string title,
        string caption,
        string alt,
        string spec,
        int frames
    )
    {
        if (alt == "")
            alt =
                $"{(frames == 0 ? "Chart" : $"Moving chart in {frames} frames")} of {string.Join(", ", series.Select(s => s.Name))}: {axes.YTitle} over {axes.XTitle}";
        return new Figure(
            kind,
            title,
            caption,
            alt,
            StaticChart.Svg(series, axes, alt),
            spec,
            widest: 860,
            aspect: 0
        );
    }

    private static Trace TraceOf(Series series)
    {
        (string, object)[] properties =
        [
            ("name", System.Net.WebUtility.HtmlEncode(series.Name)),
            ("x", series.X),
            ("y", series.Y.Select(y => double.IsFinite(y) ? (double?)y : null).ToArray()),
        ];
        return series.Mark switch
        {
            Mark.Bars => FigureSpec.Trace("bar", properties),
            Mark.Points => FigureSpec.Trace(
                "scatter",
                [
                    .. properties,
                    ("mode", "markers"),
                    ("marker", FigureSpec.Object(("size", series.X.Count > 500 ? 4 : 7))),
                ]
            ),
            _ => FigureSpec.Trace(
                "scatter",
                [
                    .. properties,
                    ("mode", "lines"),
                    (
                        "line",
                        FigureSpec.Object(
                            ("width", 2.2),
                            ("dash", series.Mark == Mark.Dashed ? "dash" : "solid")
                        )
                    ),
                ]
            ),
        };
    }

    private static Layout LayoutOf(
        Axes axes,
        int series,
        (string, object)[] x,
        (string, object)[]? y = null
    ) =>
        FigureSpec.Layout(
            ("margin", FigureSpec.Object(("l", 64), ("r", 12), ("t", 12), ("b", 48))),
            ("xaxis", Axis(axes.XTitle, axes.LogX, x)),
            ("yaxis", Axis(axes.YTitle, axes.LogY, y ?? [])),
            ("showlegend", series > 1),
            (
                "legend",
                FigureSpec.Object(
                    ("orientation", "h"),
                    ("x", 0),
                    ("y", 1.02),
                    ("yanchor", "bottom")
                )
            ),
            ("bargap", 0.05),
            ("barmode", "overlay")
        );

    private static Dictionary<string, object> Axis(
        string title,
        bool log,
        (string, object)[] more
    ) =>
        FigureSpec.Object([
            (
                "title",
                FigureSpec.Object(
                    ("text", System.Net.WebUtility.HtmlEncode(title)),
                    ("standoff", 12)
                )
            ),
            ("type", log ? "log" : "linear"),
            ("automargin", true),
            .. log ? new (string, object)[] { ("exponentformat", "power"), ("dtick", 1) } : [],
            .. more,
        ]);

    private static void Require(IReadOnlyList<Series> series)
    {
        if (series.Count == 0)
            throw new ArgumentException("A chart needs at least one series.", nameof(series));
        foreach (var s in series)
            if (s.X.Count != s.Y.Count || s.Y.Count == 0)
                throw new ArgumentException(
                    $"The series '{s.Name}' has {s.X.Count} x and {s.Y.Count} y: it needs as many of both, and at least one.",
                    nameof(series)
                );
    }
}
