#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Tables of numbers as colours.</summary>
internal static class HeatmapFigures
{
    // Five stops each of Viridis and of a blue-white-red scale, so that the static picture has the colours of the live one.
    private static readonly string[] Sequential =
    [
        "#440154",
        "#3b528b",
        "#21918c",
        "#5ec962",
        "#fde725",
    ];
    private static readonly string[] Signed =
    [
        "#2166ac",
        "#92c5de",
        "#f7f7f7",
        "#f4a582",
        "#b2182b",
    ];

    public static Figure Heatmap(
        Tensor values,
        string title,
        string caption,
        string alt,
        string xTitle,
        string yTitle,
        string valueTitle,
        bool signed,
        bool square
    )
    {
        if (values.dim() != 2 || values.numel() == 0)
            throw new ArgumentException(
                $"A heatmap needs a tensor of shape [rows, columns], but got [{string.Join(", ", values.shape)}].",
                nameof(values)
            );
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var (rows, columns) = ((int)values.shape[0], (int)values.shape[1]);
        var numbers = values.cpu().to(ScalarType.Float32).nan_to_num(0).contiguous();
        var data = numbers.data<float>().ToArray();
        var (low, high) = ((double)data.Min(), (double)data.Max());
        if (signed)
            (low, high) = (-Math.Max(-low, high), Math.Max(-low, high));
        if (low == high)
            high = low + 1;
        var scale = signed ? Signed : Sequential;
        if (alt == "")
            alt =
                $"Heatmap of {rows} rows and {columns} columns, from {low:g3} to {high:g3}{(title == "" ? "" : $": {title}")}";

        var bytes = new byte[4 * data.Length];
        Buffer.BlockCopy(data, 0, bytes, 0, bytes.Length);
        var spec = FigureSpec.Json(
            [
                FigureSpec.Trace(
                    "heatmap",
                    (
                        "z",
                        FigureSpec.Object(
                            ("dtype", "f4"),
                            ("shape", $"{rows}, {columns}"),
                            ("bdata", Convert.ToBase64String(bytes))
                        )
                    ),
                    ("zmin", low),
                    ("zmax", high),
                    ("colorscale", scale.Select((c, i) => new object[] { i / 4.0, c }).ToArray()),
                    (
                        "colorbar",
                        FigureSpec.Object(
                            (
                                "title",
                                FigureSpec.Object(
                                    ("text", InLines(valueTitle)),
                                    ("side", "right"),
                                    ("font", FigureSpec.Object(("size", 12)))
                                )
                            ),
                            ("thickness", 12),
                            ("outlinewidth", 0)
                        )
                    ),
                    (
                        "hovertemplate",
                        $"{Name(xTitle, "column")} %{{x}}<br>{Name(yTitle, "row")} %{{y}}<br>{valueTitle} %{{z:.4g}}<extra></extra>"
                    )
                ),
            ],
            FigureSpec.Layout(
                ("margin", FigureSpec.Object(("l", 56), ("r", 8), ("t", 10), ("b", 46))),
                (
                    "xaxis",
                    FigureSpec.Object(
                        ("title", FigureSpec.Object(("text", xTitle))),
                        ("showgrid", false),
                        ("zeroline", false)
                    )
                ),
                (
                    "yaxis",
                    FigureSpec.Object([
                        ("title", FigureSpec.Object(("text", yTitle))),
                        ("autorange", "reversed"),
                        ("showgrid", false),
                        ("zeroline", false),
                        .. square
                            ? new (string, object)[]
                            {
                                ("scaleanchor", "x"),
                                ("constrain", "domain"),
                            }
                            : [],
                    ])
                )
            )
        );
        return new Figure(
            "Heatmap",
            title,
            caption,
            alt,
            Figure.PngTag(Colours(data, columns, rows, low, high, scale), alt),
            spec,
            square ? Math.Clamp(columns * 12 + 130, 320, 560) : 860,
            square ? Math.Clamp((columns * 12.0 + 130) / (rows * 12.0 + 60), 0.6, 2.5) : 0
        );
    }

    // A title beside a colour bar may be no longer than the bar, which is short where the map is flat.
    private static string InLines(string title)
    {
        var spaces = Enumerable.Range(0, title.Length).Where(i => title[i] == ' ').ToArray();
        if (title.Length <= 18 || spaces.Length == 0)
            return title;
        var middle = spaces.MinBy(i => Math.Abs(i - title.Length / 2));
        return title[..middle] + "<br>" + title[(middle + 1)..];
    }

    private static string Name(string title, string otherwise) => title == "" ? otherwise : title;

    private static byte[] Colours(
        float[] values,
        int width,
        int height,
        double low,
        double high,
        string[] scale
    )
    {
        var stops = scale
            .Select(c =>
                Enumerable
                    .Range(0, 3)
                    .Select(i => Convert.ToInt32(c.Substring(1 + 2 * i, 2), 16))
                    .ToArray()
            )
            .ToArray();
        var pixels = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var at = Math.Clamp((values[i] - low) / (high - low), 0, 1) * (stops.Length - 1);
            var stop = Math.Min((int)at, stops.Length - 2);
            for (var c = 0; c < 3; c++)
                pixels[4 * i + c] = (byte)(
                    stops[stop][c] + (at - stop) * (stops[stop + 1][c] - stops[stop][c])
                );
            pixels[4 * i + 3] = 255;
        }
        return PngWriter.Encode(pixels, width, height);
    }
}
