using System;
using System.IO;
using System.Linq;
using System.Text;
using Xunit;

namespace Diffusion.Tests;

/// <summary>What a header costs whoever reads it, whatever stands in it.</summary>
public sealed class WeightsHeaderTests
{
    // Names and places of tensors, in memory, against the bytes that they are written in.
    private const int MostTimesItsLength = 16;

    private static byte[] FileOf(string header)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json];
    }

    private static string Until(int length, Func<int, string> piece)
    {
        var text = new StringBuilder("{");
        for (var i = 0; text.Length + piece(i).Length < length - 2; i++)
            text.Append(i == 0 ? "" : ",").Append(piece(i));
        return text.Append('}').ToString();
    }

    private static string Tensors(int length) =>
        Until(length, i => $"\"{i:x}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");

    private static string Texts(int length) =>
        $"{{\"__metadata__\":{Until(length - 17, i => $"\"{i:x}\":\"\"")}}}";

    private static string Numbers(int length) =>
        "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,0],\"shape\":["
        + string.Join(',', Enumerable.Repeat("1", length / 2 - 40))
        + "]}}";

    private static string Unknown(int length) =>
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":["
        + string.Join(',', Enumerable.Repeat("{}", length / 3 - 40))
        + "]}}";

    private static string Damaged(int length) => Tensors(length)[..^2];

    public static TheoryData<string> Kinds =>
        [nameof(Tensors), nameof(Texts), nameof(Numbers), nameof(Unknown), nameof(Damaged)];

    /// <summary>The longest header that is read, of the smallest pieces that there can be.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_hostile_header_costs_a_few_times_its_length(string kind)
    {
        Func<int, string> make = kind switch
        {
            nameof(Tensors) => Tensors,
            nameof(Texts) => Texts,
            nameof(Numbers) => Numbers,
            nameof(Unknown) => Unknown,
            _ => Damaged,
        };
        var file = FileOf(make(Weights.LongestHeader));
        Assert.InRange(file.Length, 0.99 * Weights.LongestHeader, Weights.LongestHeader + 8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            Weights.Decode(file, "x");
        }
        catch (InvalidDataException) { }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, (long)MostTimesItsLength * Weights.LongestHeader);
    }

    [Fact]
    public void The_longest_header_costs_no_more_than_a_small_model() =>
        Assert.InRange(Weights.LongestHeader, 1_000_000, 10_000_000);
}
