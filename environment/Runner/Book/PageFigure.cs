using System;
using System.Net;
using System.Text.RegularExpressions;

namespace Diffusion.Runner.Book;

/// <summary>A figure of a page, for the gallery.</summary>
/// <param name="Label">Its number, such as <c>4.2</c>.</param>
/// <param name="Anchor">Where it is on its page.</param>
/// <param name="Title">Above it, or else the first sentence below it; may be empty.</param>
/// <param name="Alt">What it shows, as HTML.</param>
/// <param name="Png">The picture for readers without scripts; null where it is a drawing.</param>
/// <param name="Svg">The drawing; null where it is a picture.</param>
internal sealed partial record PageFigure(
    string Label,
    string Anchor,
    string Title,
    string Alt,
    byte[]? Png,
    string? Svg
)
{
    /// <param name="html">The whole figure element.</param>
    public static PageFigure Of(string label, string anchor, string html)
    {
        var png = StaticPng().Match(html);
        var svg = Drawing().Match(html);
        return new PageFigure(
            label,
            anchor,
            Plain(
                TitleText().Match(html) is { Success: true } title
                    ? title.Groups["text"].Value
                    : FirstSentence().Match(html).Groups["text"].Value
            ),
            png.Success ? png.Groups["alt"].Value : Description().Match(html).Groups["text"].Value,
            png.Success ? Convert.FromBase64String(png.Groups["data"].Value) : null,
            svg.Success ? svg.Value : null
        );
    }

    private static string Plain(string html) => WebUtility.HtmlDecode(Tag().Replace(html, ""));

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(
        """<img class="static" alt="(?<alt>[^"]*)" src="data:image/png;base64,(?<data>[^"]+)">"""
    )]
    private static partial Regex StaticPng();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Drawing();

    [GeneratedRegex("""<p class="title">(?<text>.*?)</p>""", RegexOptions.Singleline)]
    private static partial Regex TitleText();

    [GeneratedRegex("""<figcaption>(?<text>.*?)(?:\.(?=\s|<)|<)""", RegexOptions.Singleline)]
    private static partial Regex FirstSentence();

    [GeneratedRegex("aria-label=\"(?<text>[^\"]*)\"")]
    private static partial Regex Description();
}
