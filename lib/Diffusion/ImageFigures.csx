#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using Plotly.NET;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Grids and animations of images.</summary>
internal static class ImageFigures
{
    // Grey values are 0 … 254; 255 means "no image here" and is drawn as nothing.
    private const int Nothing = 255;

    private static readonly object[] Greys =
    [
        new object[] { 0, "#000" },
        new object[] { 254 / 255.0, "#fff" },
        new object[] { 254.5 / 255.0, "rgba(0,0,0,0)" },
        new object[] { 1, "rgba(0,0,0,0)" },
    ];

    public static Figure Grid(
        Tensor images,
        int columns,
        string title,
        string caption,
        string alt,
        IReadOnlyList<string>? labels
    )
    {
        var layout = GridLayout.Of(images, columns, labels is not null);
        RequireLabels(labels, layout);
        return Make("Grid", images, layout, title, caption, alt, labels, frames: null);
    }

    public static Figure Animation(
        IReadOnlyList<Tensor> frames,
        IReadOnlyList<string> labels,
        int columns,
        string title,
        string caption,
        string alt,
        IReadOnlyList<string>? imageLabels,
        int opensAt
    )
    {
        if (frames.Count == 0 || frames.Count != labels.Count)
            throw new ArgumentException(
                $"An animation needs at least one frame and one label a frame, but got {frames.Count} frames and {labels.Count} labels.",
                nameof(frames)
            );
        var layout = GridLayout.Of(frames[0], columns, imageLabels is not null);
        RequireLabels(imageLabels, layout);
        var odd = frames.FirstOrDefault(f => !f.shape.SequenceEqual(frames[0].shape));
        if (odd is not null)
            throw new ArgumentException(
                $"All frames must have the same shape, but one is [{string.Join(", ", frames[0].shape)}] and one [{string.Join(", ", odd.shape)}].",
                nameof(frames)
            );
        var moving = frames
            .Zip(labels, (f, l) => (l, (IEnumerable<Trace>)[Picture(f, layout)]))
            .ToArray();
        // The frame that is seen at first stands for the whole where no script runs.
        return Make(
            "Animation",
            frames[opensAt],
            layout,
            title,
            caption,
            alt,
            imageLabels,
            moving,
            opensAt
        );
    }

    private static Figure Make(
        string kind,
        Tensor images,
        GridLayout layout,
        string title,
        string caption,
        string alt,
        IReadOnlyList<string>? labels,
        (string, IEnumerable<Trace>)[]? frames,
        int opensAt = 0
    )
    {
        if (alt == "")
            alt =
                $"{(frames is null ? "Grid" : $"Animation in {frames.Length} frames")} of {layout.Count} images in {layout.Columns} columns{(title == "" ? "" : $": {title}")}{(labels is null ? "" : $" ({string.Join(", ", labels.Distinct().Take(10))})")}";
        var spec = FigureSpec.Json(
            [Picture(images, layout)],
            FigureSpec.Layout(
                ("margin", FigureSpec.Object(("l", 0), ("r", 0), ("t", 0), ("b", 0))),
                ("xaxis", FigureSpec.HiddenAxis(("range", new[] { -0.5, layout.Width - 0.5 }))),
                ("yaxis", FigureSpec.HiddenAxis(("range", new[] { layout.Height - 0.5, -0.5 }))),
                ("annotations", Annotations(labels, layout))
            ),
            frames,
            opensAt
        );
        // Small images are drawn larger, but a single one does not fill the page.
        var widest = Math.Clamp(
            layout.Width * Math.Max(1, 64.0 / layout.ImageWidth) * (layout.Columns < 5 ? 2 : 1.35),
            180,
            900
        );
        return new Figure(
            kind,
            title,
            caption,
            alt,
            Figure.PngTag(
                PngWriter.Encode(Images.Stitch(images, layout), layout.Width, layout.Height),
                alt
            ),
            spec,
            widest,
            (double)layout.Width / layout.Height
        );
    }

    private static Trace Picture(Tensor images, GridLayout layout) =>
        images.shape[1] == 1 ? GreyPicture(images, layout) : ColourPicture(images, layout);

    private static Trace GreyPicture(Tensor images, GridLayout layout)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var grey = ((images.cpu().to(ScalarType.Float32) + 1) * 127)
            .nan_to_num(0)
            .round()
            .clamp(0, Nothing - 1)
            .to(ScalarType.Byte);
        var sheet = full(layout.Height, layout.Width, Nothing, dtype: ScalarType.Byte);
        for (var i = 0; i < layout.Count; i++)
        {
            var (x, y) = layout.Corner(i);
            sheet
                .narrow(0, y, layout.ImageHeight)
                .narrow(1, x, layout.ImageWidth)
                .copy_(grey[i, 0]);
        }
        return FigureSpec.Trace(
            "heatmap",
            (
                "z",
                FigureSpec.Object(
                    ("dtype", "u1"),
                    ("shape", $"{layout.Height}, {layout.Width}"),
                    ("bdata", Convert.ToBase64String(sheet.data<byte>().ToArray()))
                )
            ),
            ("zmin", 0),
            ("zmax", 255),
            ("colorscale", Greys),
            ("showscale", false),
            ("hovertemplate", "pixel (%{x}, %{y})<br>grey %{z} of 254<extra></extra>")
        );
    }

    private static Trace ColourPicture(Tensor images, GridLayout layout) =>
        FigureSpec.Trace(
            "image",
            (
                "source",
                "data:image/png;base64,"
                    + Convert.ToBase64String(
                        PngWriter.Encode(Images.Stitch(images, layout), layout.Width, layout.Height)
                    )
            ),
            ("hovertemplate", "pixel (%{x}, %{y})<br>red, green, blue %{color}<extra></extra>")
        );

    private static object[] Annotations(IReadOnlyList<string>? labels, GridLayout layout)
    {
        if (labels is null)
            return [];
        // One label a row names the row: it begins where the row begins, and may be wider than an image.
        var rows =
            layout.Columns > 1 && !labels.Where((l, i) => l != "" && i % layout.Columns > 0).Any();
        return labels
            .Select(
                (label, i) =>
                {
                    var (x, y) = layout.Corner(i);
                    return (object)
                        FigureSpec.Object(
                            ("text", System.Net.WebUtility.HtmlEncode(label)),
                            ("x", x - 0.5 + (rows ? 0 : layout.ImageWidth / 2.0)),
                            ("y", y - 0.5),
                            ("xanchor", rows ? "left" : "center"),
                            ("yanchor", "bottom"),
                            ("borderpad", 0),
                            ("borderwidth", 0),
                            ("showarrow", false),
                            ("font", FigureSpec.Object(("size", 12)))
                        );
                }
            )
            .ToArray();
    }

    private static void RequireLabels(IReadOnlyList<string>? labels, GridLayout layout)
    {
        if (labels is not null && labels.Count != layout.Count)
            throw new ArgumentException(
                $"{layout.Count} images need {layout.Count} labels, but got {labels.Count}.",
                nameof(labels)
            );
    }
}
