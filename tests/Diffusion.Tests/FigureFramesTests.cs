using System;
using System.Linq;
using System.Text.RegularExpressions;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class FigureFramesTests
{
    private static readonly string[] Labels = ["a", "b", "c"];

    private static Tensor Grey(double value) => full(1, 1, 4, 4, value);

    private static Figure Animation(int? opensAt = null) =>
        Figure.Animation([Grey(-1), Grey(0), Grey(1)], Labels, opensAt: opensAt);

    private static Figure Curves(int? opensAt = null) =>
        Figure.MovingCurves(
            [.. Labels.Select((_, i) => new[] { new Series("y", [i, i + 1, i + 3]) })],
            Labels,
            opensAt: opensAt
        );

    private static string StaticPicture(Figure figure) =>
        Regex.Match(figure.ToHtml(), "<img class=\"static\"[^>]*src=\"([^\"]+)\"").Groups[1].Value;

    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(null, 1)]
    public void The_static_picture_is_the_frame_that_is_seen_at_first(int? opensAt, double grey) =>
        Assert.Equal(StaticPicture(Figure.Grid(Grey(grey))), StaticPicture(Animation(opensAt)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(null, 2)]
    public void The_slider_begins_there(int? opensAt, int expected)
    {
        Assert.Contains($"\"opensAt\":{expected}}}", Animation(opensAt).ToHtml());
        Assert.Contains($"\"opensAt\":{expected}}}", Curves(opensAt).ToHtml());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_frame_that_is_not_there_is_refused(int opensAt)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Animation(opensAt));
        Assert.Throws<ArgumentOutOfRangeException>(() => Curves(opensAt));
    }

    [Fact]
    public void What_is_no_number_leaves_a_gap_in_the_static_line()
    {
        var html = Figure
            .Curves([new Series("y", [1, 2, double.NaN, 3, 4, double.NaN, double.NaN, 5])])
            .ToHtml();
        var line = Regex.Match(html, "stroke-width=\"2\" d=\"([^\"]+)\"").Groups[1].Value;
        Assert.Equal("MLMLM", Regex.Replace(line, "[^ML]", ""));
    }
}
