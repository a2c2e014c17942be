using System;
using System.IO;
using System.Linq;
using System.Text;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class SpritesTests
{
    private const string Colours = "a = #ff8000\nb=#000000\n";

    [Theory]
    [InlineData("robot")]
    [InlineData("fox")]
    public void The_repositorys_sprites_are_24x24_in_colour(string name)
    {
        using var sprite = Sprites.Load(name);
        Assert.Equal([1, 3, 24, 24], sprite.shape);
        Assert.Equal(ScalarType.Float32, sprite.dtype);
        Assert.InRange(sprite.min().item<float>(), -1, 1);
        Assert.InRange(sprite.max().item<float>(), -1, 1);
        // [576, 3]: a colour a pixel.
        var colours = Images.ToBytes(sprite).view(3, -1).t().Values().Chunk(3);
        Assert.InRange(colours.Select(c => (c[0], c[1], c[2])).Distinct().Count(), 8, 24);
    }

    /// <summary>ERRATA 21: red is red and blue is blue.</summary>
    [Fact]
    public void Channels_are_red_green_blue()
    {
        using var sprite = Sprites.Parse("r = #ff0000\ng = #00FF00\nb = #0000ff\n\nrgb\nbbr\n");
        Assert.Equal([1, 3, 2, 3], sprite.shape);
        double[] red = [1, -1, -1, -1, -1, 1];
        double[] green = [-1, 1, -1, -1, -1, -1];
        double[] blue = [-1, -1, 1, 1, 1, -1];
        Assert.Equal([.. red, .. green, .. blue], sprite.Values());
    }

    [Fact]
    public void Remarks_empty_lines_and_windows_line_ends_do_not_count()
    {
        const string plain = "a = #ff8000\n# = #102030\na#\n#a";
        const string decorated =
            "// A picture.\r\n\r\na = #ff8000   // orange\r\n# = #102030\r\n\r\na# // row\r\n//\r\n#a  \r\n";
        Assert.Equal(Sprites.Parse(plain).Values(), Sprites.Parse(decorated).Values());
    }

    [Theory]
    [InlineData("a = #ff8000\nab\n", 2, 2, "'b' has no colour")]
    [InlineData(Colours + "ab\naba\n", 4, 1, "3 pixels, the first one has 2")]
    [InlineData("a = #ff800\na\n", 1, 4, "#ff8000")]
    [InlineData("a = red\na\n", 1, 4, "#ff8000")]
    [InlineData("a = #ff80 0\na\n", 1, 4, "#ff8000")]
    [InlineData("a =\na\n", 1, 4, "#ff8000")]
    [InlineData("a = #ff8000\na = #000000\na\n", 2, 1, "already")]
    [InlineData(Colours + "ab\nc = #ffffff\n", 4, 1, "before the first row")]
    [InlineData("= = #ff8000\na\n", 1, 1, "letter")]
    [InlineData("  = #ff8000\na\n", 1, 1, "letter")]
    public void A_mistake_is_shown_with_its_place(
        string text,
        int line,
        int column,
        string complaint
    )
    {
        var error = Assert.Throws<FormatException>(() => Sprites.Parse(text, "cat.sprite"));
        Assert.StartsWith($"cat.sprite, line {line}, column {column}: ", error.Message);
        Assert.Contains(complaint, error.Message);
    }

    [Fact]
    public void Sizes_have_limits()
    {
        const string colour = "a = #ffffff\n";
        var widest = new string('a', Sprites.LargestSide);
        Assert.Equal(
            [1, 3, 256, 256],
            Sprites.Parse(colour + string.Join('\n', Enumerable.Repeat(widest, 256))).shape
        );
        Assert.Throws<FormatException>(() => Sprites.Parse(colour + widest + "a"));
        Assert.Throws<FormatException>(() =>
            Sprites.Parse(colour + string.Join('\n', Enumerable.Repeat("a", 257)))
        );
        Assert.Throws<FormatException>(() => Sprites.Parse(""));
        Assert.Throws<FormatException>(() => Sprites.Parse(colour));

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("huge.sprite"), new string(' ', Sprites.LargestFile + 1));
        Assert.Throws<FormatException>(() => Sprites.Load(folder.File("huge.sprite")));
    }

    [Fact]
    public void A_missing_sprite_is_named()
    {
        Assert.Contains(
            "unicorn",
            Assert.Throws<FileNotFoundException>(() => Sprites.Load("unicorn")).Message
        );
        Assert.Throws<FileNotFoundException>(() => Sprites.Load("/nowhere/unicorn.sprite"));
    }

    /// <summary>Any picture written down in the format is read back as it was.</summary>
    [Fact]
    public void What_is_drawn_is_what_is_read()
    {
        var picture = Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12])
            .SelectMany((height, width) => Gen.Int[0, 5].Array[width].Array[height]);
        Gen.Select(Gen.Byte.Array[18], picture)
            .Sample(
                (palette, rows) =>
                {
                    var text = new StringBuilder();
                    for (var i = 0; i < 6; i++)
                        text.Append(
                            $"{"abc#.5"[i]} = #{Convert.ToHexStringLower(palette, 3 * i, 3)}\n"
                        );
                    foreach (var row in rows)
                        text.AppendJoin("", row.Select(i => "abc#.5"[i])).Append('\n');
                    var expected = Enumerable
                        .Range(0, 3)
                        .SelectMany(channel =>
                            rows.SelectMany(r => r).Select(i => (double)palette[3 * i + channel])
                        );
                    using var scope = NewDisposeScope();
                    return Images
                        .ToBytes(Sprites.Parse(text.ToString()))
                        .Values()
                        .SequenceEqual(expected);
                },
                iter: 300,
                threads: 1
            );
    }

    [Fact]
    public void Damaged_text_is_read_or_refused()
    {
        var original = File.ReadAllBytes(
            Path.Combine(Repository.Root, "data", "sprites", "robot.sprite")
        );
        Damage
            .Of(original)
            .Sample(
                file =>
                {
                    try
                    {
                        using var sprite = Sprites.Parse(Encoding.UTF8.GetString(file));
                        return sprite.shape is [1, 3, > 0, > 0];
                    }
                    catch (FormatException)
                    {
                        return true;
                    }
                },
                iter: 5_000,
                threads: 1
            );
    }
}
