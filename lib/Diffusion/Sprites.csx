#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Small colour pictures drawn in a text file: lines such as <c>a = #rrggbb</c> name the colours,
/// then each line is a row of pixels and each letter a pixel. What follows <c>//</c> is a remark.
/// </summary>
public static class Sprites
{
    /// <summary>Longest side that is read, in pixels.</summary>
    public const int LargestSide = 256;

    /// <summary>Longest file that is read, in bytes.</summary>
    public const int LargestFile = 1_000_000;

    /// <summary>Reads a sprite of the repository or of one's own.</summary>
    /// <param name="name">A name in <c>data/sprites</c>, such as <c>robot</c>, or the path of a .sprite file.</param>
    /// <returns>float32 <c>[1, 3, H, W]</c> in [−1, 1]: red, green, blue.</returns>
    /// <exception cref="FileNotFoundException">There is no such sprite.</exception>
    /// <exception cref="FormatException">The file is no sprite; the message says in which line and column.</exception>
    public static Tensor Load(string name)
    {
        var path = name.EndsWith(".sprite", StringComparison.Ordinal)
            ? name
            : Host.Find(Path.Combine("data", "sprites", $"{name}.sprite"));
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no sprite '{path}'.", path);
        if (new FileInfo(path).Length > LargestFile)
            throw new FormatException(
                $"'{path}' is too large for a sprite: at most {LargestFile} bytes are read."
            );
        return Parse(File.ReadAllText(path), Path.GetFileName(path));
    }

    /// <summary>The same from a text.</summary>
    /// <param name="text">Colours, then rows of equal length.</param>
    /// <param name="name">For messages.</param>
    /// <inheritdoc cref="Load"/>
    public static Tensor Parse(string text, string name = "sprite")
    {
        var colours = new Dictionary<char, byte[]>();
        var rows = new List<byte[]>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            FormatException Wrong(string what, int column = 1) =>
                new($"{name}, line {number}, column {column}: {what}.");

            var line = raw.Split("//")[0].TrimEnd();
            if (line == "")
                continue;
            if (line.Length > 2 && line[1..].TrimStart().StartsWith('='))
            {
                if (rows.Count > 0)
                    throw Wrong("colours must come before the first row of pixels");
                if (line[0] is ' ' or '=')
                    throw Wrong("a colour needs a letter that can be seen and is no '='");
                var value = line.IndexOf('=') + 1;
                var colour =
                    Colour(line[value..].Trim())
                    ?? throw Wrong("a colour is written as in 'a = #ff8000'", value + 1);
                if (!colours.TryAdd(line[0], colour))
                    throw Wrong($"'{line[0]}' already has a colour");
                continue;
            }
            if (rows.Count > 0 && rows[0].Length != 3 * line.Length)
                throw Wrong(
                    $"this row has {line.Length} pixels, the first one has {rows[0].Length / 3}"
                );
            if (line.Length > LargestSide || rows.Count == LargestSide)
                throw Wrong($"a sprite may be {LargestSide} pixels wide and high at most");
            rows.Add(
                line.SelectMany(
                        (letter, i) =>
                            colours.TryGetValue(letter, out var colour)
                                ? colour
                                : throw Wrong(
                                    $"'{letter}' has no colour; give it one above, as in 'a = #ff8000'",
                                    i + 1
                                )
                    )
                    .ToArray()
            );
        }
        if (rows.Count == 0)
            throw new FormatException($"{name} has no row of pixels.");

        using var scope = NewDisposeScope();
        return Images
            .FromBytes(
                tensor(rows.SelectMany(row => row).ToArray())
                    .view(1, rows.Count, rows[0].Length / 3, 3)
                    .permute(0, 3, 1, 2)
            )
            .contiguous()
            .MoveToOuterDisposeScope();
    }

    private static byte[]? Colour(string text) =>
        text.Length == 7 && text[0] == '#' && text.Skip(1).All(Uri.IsHexDigit)
            ? Convert.FromHexString(text[1..])
            : null;
}
