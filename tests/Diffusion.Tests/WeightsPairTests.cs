using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>Whatever is saved can be read; what could not be read is not saved, and nothing is left of the attempt.</summary>
public sealed class WeightsPairTests
{
    private const int Rank = 17;
    private static readonly Dictionary<string, string> NoCard = [];

    private static string Refusal(
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string> card
    )
    {
        using var folder = new TemporaryFolder();
        var message = Assert
            .Throws<ArgumentException>(() => Weights.Save(tensors, card, folder.File("a")))
            .Message;
        Assert.Empty(Directory.GetFileSystemEntries(folder.Location));
        return message;
    }

    private static string Refusal(string name, Tensor tensor) =>
        Refusal(new Dictionary<string, Tensor> { [name] = tensor }, NoCard);

    private static string Refusal(string key, string text) =>
        Refusal(
            new Dictionary<string, Tensor> { ["w"] = tensor(1f) },
            new Dictionary<string, string> { [key] = text }
        );

    [Fact]
    public void A_card_without_a_text_is_refused() =>
        Assert.Contains("'seed'", Refusal("seed", text: null!));

    [Theory]
    [InlineData("sha256 of this file")]
    [InlineData("sha256 of the tensors")]
    public void The_checksums_keys_are_not_the_callers(string key) =>
        Assert.Contains($"'{key}'", Refusal(key, "0"));

    [Fact]
    public void Half_a_surrogate_pair_is_refused_wherever_it_stands()
    {
        Assert.Contains(@"'a\ud800'", Refusal("a\ud800", tensor(1f)));
        Assert.Contains(@"'a\udc00'", Refusal("a\udc00", "text"));
        Assert.Contains("'recipe'", Refusal("recipe", "half \ud83d of a face"));
    }

    [Fact]
    public void More_dimensions_than_are_read_are_refused() =>
        Assert.Contains(
            "'deep' has 17 dimensions",
            Refusal("deep", zeros(Enumerable.Repeat(1L, Rank).ToArray()))
        );

    [Fact]
    public void A_header_longer_than_is_read_is_refused() =>
        Assert.Contains("card", Refusal("log", new string('x', Weights.LongestHeader)));

    /// <summary>A view, which takes no memory here, of more numbers than a file may have.</summary>
    [Fact]
    public void More_bytes_than_are_read_are_refused() =>
        Assert.Contains("'large'", Refusal("large", zeros(1).expand(3_000_000_000)));

    /// <summary>Read refuses sizes whose product is too large even beside a 0.</summary>
    [Fact]
    public void Impossible_sizes_beside_a_zero_are_refused()
    {
        var empty = zeros(0, 1).expand(0, 1L << 61);
        Assert.Contains("'empty'", Refusal("empty", empty));
    }

    [Fact]
    public void Truth_values_that_are_neither_are_refused()
    {
        var odd = zeros([3], dtype: ScalarType.Bool);
        odd.bytes[1] = 2;
        Assert.Contains("'odd'", Refusal("odd", odd));
    }

    [Fact]
    public void No_tensor_is_refused() => Assert.Contains("'w'", Refusal("w", tensor: null!));

    /// <summary>Any names, texts, types and shapes, also the odd ones: refused, or read back bit for bit.</summary>
    [Fact]
    public void Anything_is_refused_or_comes_back()
    {
        ScalarType[] types =
        [
            ScalarType.Float64,
            ScalarType.Float32,
            ScalarType.BFloat16,
            ScalarType.Int64,
            ScalarType.Byte,
            ScalarType.Bool,
            ScalarType.ComplexFloat32,
        ];
        string[] odd =
        [
            "",
            "__metadata__",
            "sha256 of this file",
            "sha256 of the tensors",
            "a\0b",
            "\"sha256 of this file\":\"0\"",
            "\ud83d\ude00",
            "\ud83d",
            "\ufffd",
            "\u2028",
        ];
        var text = Gen.OneOf(Gen.String[0, 8], Gen.Int[0, odd.Length - 1].Select(i => odd[i]));
        var one = Gen.Select(
            Gen.Int[0, types.Length - 1],
            Gen.OneOf(Gen.Long[0, 3].Array[0, 3], Gen.Const(Enumerable.Repeat(1L, Rank).ToArray()))
        );
        Gen.Select(Gen.Dictionary(text, one)[0, 3], Gen.Dictionary(text, text)[0, 3])
            .Sample(
                (set, card) =>
                {
                    using var scope = NewDisposeScope();
                    using var folder = new TemporaryFolder();
                    var tensors = set.ToDictionary(
                        p => p.Key,
                        p => randn(p.Value.Item2).to(types[p.Value.Item1])
                    );
                    try
                    {
                        Weights.Save(tensors, card, folder.File("a"));
                    }
                    catch (ArgumentException)
                    {
                        return Directory.GetFileSystemEntries(folder.Location).Length == 0;
                    }
                    var (read, its) = Weights.Read(folder.File("a"));
                    return its.Count == card.Count
                        && card.All(p => its[p.Key] == p.Value)
                        && read.Count == tensors.Count
                        && tensors.All(p =>
                            read[p.Key].dtype == p.Value.dtype
                            && read[p.Key].shape.SequenceEqual(p.Value.shape)
                            && read[p.Key].bytes.SequenceEqual(p.Value.bytes)
                        );
                },
                iter: 500,
                threads: 1
            );
    }
}
