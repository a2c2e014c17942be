#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using Plotly.NET;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// A picture of a notebook: images, curves or a heatmap, still or moving, drawn by plotly.js with no
/// network, and as a static picture where no script runs.
/// </summary>
/// <remarks>
/// Make one with <see cref="Grid"/>, <see cref="Animation"/>, <see cref="Heatmap"/>,
/// <see cref="Curves"/>, <see cref="MovingCurves"/> or <see cref="Diagram"/> and let it be the cell's last
/// expression. plotly.js is shown once a notebook by <see cref="Host.Start"/>.
/// </remarks>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class Figure
{
    private readonly string kind;
    private readonly string title;
    private readonly string caption;
    private readonly string alt;
    private readonly string staticPicture;
    private readonly string? spec;
    private readonly double widest;
    private readonly double aspect;

    internal Figure(
        string kind,
        string title,
        string caption,
        string alt,
        string staticPicture,
        string? spec,
        double widest,
        double aspect
    )
    {
        this.kind = kind;
        this.title = title;
        this.caption = caption;
        this.alt = alt;
        this.staticPicture = staticPicture;
        this.spec = spec;
        this.widest = widest;
        this.aspect = aspect;
    }

    /// <summary>Images side by side.</summary>
    /// <param name="images"><c>[N, 1, H, W]</c> or <c>[N, 3, H, W]</c>, [−1, 1]; beyond that is cut off.</param>
    /// <param name="columns">Images a row; chosen where it is 0.</param>
    /// <param name="title">Above the picture.</param>
    /// <param name="caption">Below it.</param>
    /// <param name="alt">What the picture shows, for who cannot see it; made from the rest where it is empty.</param>
    /// <param name="labels">One above each image.</param>
    /// <exception cref="ArgumentException">The tensor is no batch of images, or there are more or fewer labels than images.</exception>
    public static Figure Grid(
        Tensor images,
        int columns = 0,
        string title = "",
        string caption = "",
        string alt = "",
        IReadOnlyList<string>? labels = null
    ) => ImageFigures.Grid(images, columns, title, caption, alt, labels);

    /// <summary>Batches of images one after the other, with a slider and a play button.</summary>
    /// <param name="frames">Each <c>[N, 1 or 3, H, W]</c>, all of the same shape, [−1, 1].</param>
    /// <param name="labels">One a frame, shown beside the slider, such as "t = 600".</param>
    /// <param name="imageLabels">One above each image.</param>
    /// <param name="opensAt">Which frame is seen at first, 0 for the first one; the last where nothing is said.</param>
    /// <exception cref="ArgumentException">Frames and labels do not fit each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is to open at a frame that is not there.</exception>
    /// <inheritdoc cref="Grid"/>
    public static Figure Animation(
        IReadOnlyList<Tensor> frames,
        IReadOnlyList<string> labels,
        int columns = 0,
        string title = "",
        string caption = "",
        string alt = "",
        IReadOnlyList<string>? imageLabels = null,
        int? opensAt = null
    ) =>
        ImageFigures.Animation(
            frames,
            labels,
            columns,
            title,
            caption,
            alt,
            imageLabels,
            FigureSpec.FirstSeen(opensAt, frames.Count)
        );

    /// <summary>A table of numbers as colours.</summary>
    /// <param name="values"><c>[R, C]</c>; row 0 is drawn at the top.</param>
    /// <param name="xTitle">What the columns are, with the unit.</param>
    /// <param name="yTitle">What the rows are, with the unit.</param>
    /// <param name="signed">Colours on both sides of zero (blue below, red above) instead of one scale.</param>
    /// <param name="square">Each number is a square; otherwise the table fills the figure.</param>
    /// <param name="valueTitle">What the numbers are.</param>
    /// <exception cref="ArgumentException">The tensor has not two dimensions, or nothing in it.</exception>
    /// <inheritdoc cref="Grid"/>
    public static Figure Heatmap(
        Tensor values,
        string title = "",
        string caption = "",
        string alt = "",
        string xTitle = "",
        string yTitle = "",
        string valueTitle = "value",
        bool signed = false,
        bool square = false
    ) =>
        HeatmapFigures.Heatmap(
            values,
            title,
            caption,
            alt,
            xTitle,
            yTitle,
            valueTitle,
            signed,
            square
        );

    /// <summary>Lines, points or bars over two axes.</summary>
    /// <param name="series">At least one.</param>
    /// <param name="xTitle">What is on the x axis, with the unit.</param>
    /// <param name="yTitle">What is on the y axis, with the unit.</param>
    /// <param name="logX">Logarithmic x axis; every x must then be above 0.</param>
    /// <param name="logY">Logarithmic y axis; what is not above 0 is left out.</param>
    /// <exception cref="ArgumentException">There is nothing to draw.</exception>
    /// <inheritdoc cref="Grid"/>
    public static Figure Curves(
        IReadOnlyList<Series> series,
        string title = "",
        string caption = "",
        string alt = "",
        string xTitle = "",
        string yTitle = "",
        bool logX = false,
        bool logY = false
    ) => CurveFigures.Curves(series, new Axes(xTitle, yTitle, logX, logY), title, caption, alt);

    /// <summary>Curves that move with a slider, on axes that stay.</summary>
    /// <param name="frames">Each the same number of series.</param>
    /// <param name="labels">One a frame.</param>
    /// <param name="opensAt">Which frame is seen at first, 0 for the first one; the last where nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is to open at a frame that is not there.</exception>
    /// <inheritdoc cref="Curves"/>
    public static Figure MovingCurves(
        IReadOnlyList<IReadOnlyList<Series>> frames,
        IReadOnlyList<string> labels,
        string title = "",
        string caption = "",
        string alt = "",
        string xTitle = "",
        string yTitle = "",
        bool logX = false,
        bool logY = false,
        int? opensAt = null
    ) =>
        CurveFigures.Moving(
            frames,
            labels,
            new Axes(xTitle, yTitle, logX, logY),
            title,
            caption,
            alt,
            FigureSpec.FirstSeen(opensAt, frames.Count)
        );

    /// <summary>A drawing of one's own.</summary>
    /// <param name="svg">An svg element with a viewBox. Use <c>currentColor</c>, so that it follows light and dark.</param>
    /// <param name="alt">What it shows; required, nothing can be derived.</param>
    /// <param name="widest">Largest width on the page, in pixels.</param>
    /// <exception cref="ArgumentException">It is no svg element, or has no alternative text.</exception>
    public static Figure Diagram(string svg, string caption, string alt, int widest = 760)
    {
        if (!svg.TrimStart().StartsWith("<svg", StringComparison.Ordinal))
            throw new ArgumentException("A diagram must be an <svg> element.", nameof(svg));
        if (string.IsNullOrWhiteSpace(alt))
            throw new ArgumentException(
                "Say in the alternative text what the diagram shows.",
                nameof(alt)
            );
        return new Figure("Diagram", "", caption, alt, svg, spec: null, widest, aspect: 0);
    }

    public override string ToString() => $"{kind}: {(title == "" ? alt : title)}";

    /// <summary>The figure as a piece of a page.</summary>
    public string ToHtml()
    {
        string Text(string text) => WebUtility.HtmlEncode(text);
        var id = $"figure-{Guid.NewGuid():n}";
        var width = widest.ToString("0", CultureInfo.InvariantCulture);
        var html = new StringBuilder();
        html.Append(
            $"<figure class=\"diffusion-figure\" id=\"{id}\" style=\"--widest:{width}px\">"
        );
        if (title != "")
            html.Append($"<p class=\"title\">{Text(title)}</p>");
        if (spec is null)
        {
            html.Append(
                $"<div class=\"drawing\" role=\"img\" aria-label=\"{Text(alt)}\">{staticPicture}</div>"
            );
        }
        else
        {
            // The frame has its final shape from the start: drawing later moves nothing on the page.
            var shape =
                aspect > 0
                    ? $"aspect-ratio:{aspect.ToString("0.####", CultureInfo.InvariantCulture)}"
                    : "height:23rem";
            html.Append(
                $"<div class=\"frame\" style=\"{shape}\">{staticPicture}<div class=\"plot\" role=\"img\" aria-label=\"{Text(alt)}\"></div></div>"
            );
        }
        if (caption != "")
            html.Append($"<figcaption>{Text(caption)}</figcaption>");
        if (spec is not null)
            html.Append(
                $"<script>(window.diffusionFigures=window.diffusionFigures||[]).push({{id:\"{id}\",spec:{ForScript(spec)}}})</script>"
            );
        return html.Append("</figure>").ToString();
    }

    /// <summary>The picture that is shown until, or instead of, a script.</summary>
    internal static string PngTag(byte[] png, string alt) =>
        $"<img class=\"static\" alt=\"{WebUtility.HtmlEncode(alt)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">";

    // "</script>" or "<!--" inside a text would end or hide the script that holds it.
    private static string ForScript(string json) =>
        json.Replace("<", "\\u003c").Replace("\u2028", "\\u2028").Replace("\u2029", "\\u2029");
}

/// <summary>Builds what the runtime draws: a Plotly.NET chart, and what changes from frame to frame.</summary>
internal static class FigureSpec
{
    /// <summary>The JSON that <see cref="FigureScripts"/> understands.</summary>
    /// <param name="traces">What is drawn first.</param>
    /// <param name="layout">Axes and notes; colours and fonts come from the page.</param>
    /// <param name="frames">For each frame its label and, for each trace, what it replaces.</param>
    /// <param name="opensAt">The frame that is seen at first.</param>
    public static string Json(
        IEnumerable<Trace> traces,
        Layout layout,
        IEnumerable<(string Label, IEnumerable<Trace> Changes)>? frames = null,
        int opensAt = 0
    )
    {
        var chart = GenericChart.setLayout(
            layout,
            GenericChart.ofTraceObjects(false, traces.ToArray())
        );
        var spec = new StringBuilder("{\"chart\":").Append(GenericChart.toFigureJson(chart));
        if (frames is not null)
            spec.Append(",\"frames\":[")
                .Append(
                    string.Join(
                        ",",
                        frames.Select(f =>
                            GenericChart.toFigureJson(
                                GenericChart.setLayout(
                                    Layout(("title", f.Label)),
                                    GenericChart.ofTraceObjects(false, f.Changes.ToArray())
                                )
                            )
                        )
                    )
                )
                .Append("],\"opensAt\":")
                .Append(opensAt.ToString(CultureInfo.InvariantCulture));
        return spec.Append('}').ToString();
    }

    /// <summary>The frame that is seen at first, of that many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public static int FirstSeen(int? opensAt, int frames) =>
        opensAt is not int at ? frames - 1
        : at >= 0 && at < frames ? at
        : throw new ArgumentOutOfRangeException(
            nameof(opensAt),
            at,
            $"A figure of {frames} frames cannot open at frame {at}: the first is 0."
        );

    public static Trace Trace(string type, params (string Name, object Value)[] properties)
    {
        var trace = new Trace(type);
        foreach (var (name, value) in properties)
            trace.SetProperty(name, value);
        return trace;
    }

    public static Layout Layout(params (string Name, object Value)[] properties)
    {
        var layout = new Layout();
        foreach (var (name, value) in properties)
            layout.SetProperty(name, value);
        return layout;
    }

    /// <summary>An object of a trace or a layout.</summary>
    public static Dictionary<string, object> Object(
        params (string Name, object Value)[] properties
    ) => properties.ToDictionary(p => p.Name, p => p.Value);

    public static Dictionary<string, object> HiddenAxis(
        params (string Name, object Value)[] more
    ) => Object([("visible", false), ("fixedrange", true), .. more]);
}
