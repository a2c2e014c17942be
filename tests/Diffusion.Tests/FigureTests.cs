using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using AngleSharp.Html.Parser;
using BigGustave;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class FigureTests
{
    /// <summary>Another implementation must read back what ours wrote.</summary>
    [Fact]
    public void Png_files_are_read_by_another_library() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40])
            .SelectMany(
                (width, height) =>
                    Gen.Byte.Array[4 * width * height].Select(pixels => (width, height, pixels))
            )
            .Sample(
                (width, height, pixels) =>
                {
                    var png = Png.Open(PngWriter.Encode(pixels, width, height));
                    Assert.Equal((width, height), (png.Width, png.Height));
                    for (var i = 0; i < width * height; i++)
                    {
                        var pixel = png.GetPixel(i % width, i / width);
                        Assert.Equal(
                            pixels[(4 * i)..(4 * i + 4)],
                            new[] { pixel.R, pixel.G, pixel.B, pixel.A }
                        );
                    }
                },
                iter: 60
            );

    [Fact]
    public void A_grid_shows_every_pixel_where_it_belongs()
    {
        using var generator = new Generator(1);
        var images = rand(3, 1, 4, 5, generator: generator) * 2 - 1;
        var picture = StaticPicture(Figure.Grid(images, columns: 2));
        // Two columns of 5 pixels and two rows of 4, with gaps of 2 between them.
        Assert.Equal((12, 10), (picture.Width, picture.Height));
        for (var i = 0; i < 3; i++)
        for (var y = 0; y < 4; y++)
        for (var x = 0; x < 5; x++)
        {
            var expected = Math.Round((images[i, 0, y, x].item<float>() + 1) * 127.5f);
            var pixel = picture.GetPixel(x + i % 2 * 7, y + i / 2 * 6);
            Assert.Equal(expected, pixel.R, 1.0);
            Assert.Equal(255, pixel.A);
        }
        Assert.Equal(0, picture.GetPixel(11, 9).A); // where a fourth image would be
    }

    [Fact]
    public void Colours_keep_their_order()
    {
        var red = tensor(new float[] { 1, -1, -1 }).view(1, 3, 1, 1).expand(1, 3, 4, 4);
        var pixel = StaticPicture(Figure.Grid(red)).GetPixel(0, 0);
        Assert.Equal((255, 0, 0), (pixel.R, pixel.G, pixel.B));
    }

    [Fact]
    public void An_animation_carries_each_frame_with_its_label()
    {
        var frames = Enumerable.Range(0, 3).Select(i => full(1, 1, 2, 2, i / 2.0)).ToArray();
        var spec = Spec(Figure.Animation(frames, ["t = 2", "t = 1", "t = 0"]));
        var moving = spec.GetProperty("frames").EnumerateArray().ToArray();
        Assert.Equal(
            ["t = 2", "t = 1", "t = 0"],
            moving.Select(f => f.GetProperty("layout").GetProperty("title").GetString())
        );
        for (var i = 0; i < 3; i++)
        {
            var z = moving[i].GetProperty("data")[0].GetProperty("z");
            Assert.Equal("u1", z.GetProperty("dtype").GetString());
            // Grey values go from 0 to 254; 255 means that there is no image.
            Assert.Equal(
                Enumerable.Repeat((byte)Math.Round((i / 2.0 + 1) * 127), 4),
                Convert.FromBase64String(z.GetProperty("bdata").GetString()!)
            );
        }
    }

    [Fact]
    public void Curves_carry_their_numbers_and_leave_gaps_for_what_is_none()
    {
        var spec = Spec(Figure.Curves([new Series("a", [1, 2, 3], [4, double.NaN, 6])]));
        var trace = spec.GetProperty("chart").GetProperty("data")[0];
        Assert.Equal(JsonValueKind.Null, trace.GetProperty("y")[1].ValueKind);
        Assert.Equal(6, trace.GetProperty("y")[2].GetDouble());
    }

    /// <summary>Texts are texts, whatever they hold: nothing in them becomes markup or script.</summary>
    [Fact]
    public void Hostile_texts_stay_texts()
    {
        const string Hostile = "</script><img src=x onerror=alert(1)>\"'&\u2028";
        var image = zeros(1, 1, 2, 2);
        Figure[] figures =
        [
            Figure.Grid(image, title: Hostile, caption: Hostile, alt: Hostile, labels: [Hostile]),
            Figure.Curves(
                [new Series(Hostile, [1, 2])],
                Hostile,
                Hostile,
                Hostile,
                Hostile,
                Hostile
            ),
        ];
        foreach (var figure in figures)
        {
            var page = new HtmlParser().ParseDocument(figure.ToHtml());
            Assert.Single(page.QuerySelectorAll("script"));
            Assert.Empty(page.QuerySelectorAll("img:not(.static)"));
            Assert.Equal(Hostile, page.QuerySelector("figcaption")!.TextContent);
            Assert.Equal(Hostile, page.QuerySelector("p.title")!.TextContent);
            _ = Spec(figure); // still JSON
        }
    }

    [Fact]
    public void Every_figure_has_a_static_picture_and_says_what_it_shows()
    {
        Figure[] figures =
        [
            Figure.Grid(zeros(2, 1, 4, 4)),
            Figure.Heatmap(eye(4)),
            Figure.Curves([new Series("a", [1, 2])]),
            Figure.Diagram("<svg viewBox=\"0 0 1 1\"></svg>", "", "nothing"),
        ];
        foreach (var figure in figures)
        {
            var page = new HtmlParser().ParseDocument(figure.ToHtml());
            Assert.NotNull(page.QuerySelector(".static, .drawing svg"));
            Assert.All(
                page.QuerySelectorAll("[role=img]"),
                e => Assert.NotEqual("", e.GetAttribute("aria-label"))
            );
        }
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var image = zeros(1, 1, 2, 2);
        Assert.Throws<ArgumentException>(() => Figure.Grid(zeros(2, 2)));
        Assert.Throws<ArgumentException>(() => Figure.Grid(zeros(1, 2, 2, 2)));
        Assert.Throws<ArgumentException>(() => Figure.Grid(zeros(0, 1, 2, 2)));
        Assert.Throws<ArgumentException>(() => Figure.Grid(image, columns: -1));
        Assert.Throws<ArgumentException>(() => Figure.Grid(image, labels: ["a", "b"]));
        Assert.Throws<ArgumentException>(() => Figure.Animation([], []));
        Assert.Throws<ArgumentException>(() => Figure.Animation([image], ["a", "b"]));
        Assert.Throws<ArgumentException>(() =>
            Figure.Animation([image, zeros(1, 1, 3, 3)], ["a", "b"])
        );
        Assert.Throws<ArgumentException>(() => Figure.Heatmap(zeros(3)));
        Assert.Throws<ArgumentException>(() => Figure.Curves([]));
        Assert.Throws<ArgumentException>(() => Figure.Curves([new Series("a", [1], [1, 2])]));
        Assert.Throws<ArgumentException>(() => Figure.Diagram("<p>", "", "text"));
        Assert.Throws<ArgumentException>(() => Figure.Diagram("<svg></svg>", "", ""));
        Assert.Throws<ArgumentException>(() => PngWriter.Encode(new byte[3], 1, 1));
    }

    [Fact]
    public void Shows_itself_by_the_engines_convention()
    {
        var figure = Figure.Grid(zeros(1, 1, 2, 2));
        var source = (HtmlFormatterSource)
            Activator.CreateInstance(
                typeof(Figure)
                    .GetCustomAttributes(typeof(TypeFormatterSourceAttribute), true)
                    .Cast<TypeFormatterSourceAttribute>()
                    .Single()
                    .FormatterSourceType
            )!;
        var shown = new Dictionary<string, string>();
        foreach (dynamic formatter in source.CreateTypeFormatters().Select(Described))
            shown[formatter.MimeType] = formatter.Text;
        Assert.Contains("diffusion-figure", shown["text/html"]);
        Assert.Equal(figure.ToString(), shown["text/plain"]);

        object Described(object formatter)
        {
            using var writer = new StringWriter();
            var type = formatter.GetType();
            Assert.Equal(true, type.GetMethod("Format")!.Invoke(formatter, [figure, writer]));
            return new
            {
                MimeType = (string)type.GetProperty("MimeType")!.GetValue(formatter)!,
                Text = writer.ToString(),
            };
        }
    }

    private static Png StaticPicture(Figure figure) =>
        Png.Open(
            Convert.FromBase64String(
                new HtmlParser()
                    .ParseDocument(figure.ToHtml())
                    .QuerySelector("img.static")!
                    .GetAttribute("src")!
                    .Split(',')[1]
            )
        );

    private static JsonElement Spec(Figure figure)
    {
        var script = new HtmlParser()
            .ParseDocument(figure.ToHtml())
            .QuerySelector("script")!
            .TextContent;
        var start = script.IndexOf("spec:", StringComparison.Ordinal) + "spec:".Length;
        return JsonDocument
            .Parse(script[start..script.LastIndexOf("})", StringComparison.Ordinal)])
            .RootElement;
    }
}
