using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class WeightsTests
{
    private static readonly UNetConfig Small = new() { Channels = [8, 16], NormGroups = 4 };

    private static readonly Dictionary<string, string> Card = new()
    {
        ["recipe"] = "two epochs, \"Adam\"",
        ["licence"] = "CC0 – für alle",
    };

    public static TheoryData<ScalarType> Types =>
        [
            ScalarType.Float64,
            ScalarType.Float32,
            ScalarType.Float16,
            ScalarType.BFloat16,
            ScalarType.Int64,
            ScalarType.Int32,
            ScalarType.Int16,
            ScalarType.Int8,
            ScalarType.Byte,
            ScalarType.Bool,
        ];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_and_shape_comes_back_as_it_was(ScalarType type)
    {
        using var folder = new TemporaryFolder();
        var tensors = new Dictionary<string, Tensor>
        {
            ["number"] = tensor(1).to(type),
            ["empty"] = zeros([3, 0, 2], dtype: type),
            ["vector"] = arange(0, 7).to(type),
            ["turned"] = (randn(3, 5, generator: new Generator(1)) * 50).to(type).t(), // not contiguous
            ["images/2.weight"] = (randn(2, 1, 3, 3, generator: new Generator(2)) * 50).to(type),
        };
        Weights.Save(tensors, Card, folder.File("a.safetensors"));
        var (read, card) = Weights.Read(folder.File("a.safetensors"));

        Assert.Equal(Card, card);
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        foreach (var (name, expected) in tensors)
        {
            Assert.Equal(type, read[name].dtype);
            Assert.Equal(expected.shape, read[name].shape);
            Assert.Equal(expected.contiguous().bytes.ToArray(), read[name].bytes.ToArray());
        }
    }

    [Fact]
    public void Numbers_that_are_none_come_back_too()
    {
        using var folder = new TemporaryFolder();
        float[] values = [float.NaN, float.PositiveInfinity, -0f, float.Epsilon];
        Weights.Save(
            new Dictionary<string, Tensor> { ["x"] = tensor(values) },
            new Dictionary<string, string>(),
            folder.File("a")
        );
        Assert.Equal(
            values.Select(BitConverter.SingleToInt32Bits),
            Weights
                .Read(folder.File("a"))
                .Tensors["x"]
                .data<float>()
                .Select(BitConverter.SingleToInt32Bits)
        );
    }

    /// <summary>A file put together by hand from the format's description.</summary>
    [Fact]
    public void Reads_what_the_format_describes()
    {
        var file = FileOf(
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"I16","shape":[2],"data_offsets":[8,12]},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}   """,
            [0, 0, 128, 63, 0, 0, 0, 192, 1, 0, 255, 255]
        );
        var (tensors, card) = Weights.Decode(file, "x");
        Assert.Equal([1, 2], tensors["a"].shape);
        double[] a = [1, -2];
        double[] b = [1, -1];
        Assert.Equal(a, tensors["a"].Values());
        Assert.Equal(b, tensors["b"].Values());
        Assert.Equal("pt", Assert.Single(card).Value);
    }

    /// <summary>What readers of the format rely on: length, JSON object, aligned data in falling size of element, no gaps.</summary>
    [Fact]
    public void Writes_what_the_format_describes()
    {
        using var folder = new TemporaryFolder();
        Weights.Save(
            new Dictionary<string, Tensor>
            {
                ["half"] = zeros([3], dtype: ScalarType.Float16),
                ["z"] = tensor([1f, 2f]),
                ["byte"] = zeros([1], dtype: ScalarType.Byte),
                ["long"] = tensor(new long[] { 7 }),
                ["a"] = tensor(3f),
            },
            Card,
            folder.File("a")
        );
        var file = File.ReadAllBytes(folder.File("a"));
        var length = BitConverter.ToInt64(file, 0);
        Assert.Equal(0, (8 + length) % 8);
        Assert.Equal((byte)'{', file[8]);
        using var header = JsonDocument.Parse(Encoding.UTF8.GetString(file, 8, (int)length));
        Assert.Equal(
            Card["licence"],
            header.RootElement.GetProperty("__metadata__").GetProperty("licence").GetString()
        );
        string Entry(string name) => header.RootElement.GetProperty(name).GetRawText();
        Assert.Equal("""{"dtype":"I64","shape":[1],"data_offsets":[0,8]}""", Entry("long"));
        Assert.Equal("""{"dtype":"F32","shape":[],"data_offsets":[8,12]}""", Entry("a"));
        Assert.Equal("""{"dtype":"F32","shape":[2],"data_offsets":[12,20]}""", Entry("z"));
        Assert.Equal("""{"dtype":"F16","shape":[3],"data_offsets":[20,26]}""", Entry("half"));
        Assert.Equal("""{"dtype":"U8","shape":[1],"data_offsets":[26,27]}""", Entry("byte"));
        Assert.Equal(8 + length + 27, file.Length);
        Assert.Equal(2, BitConverter.ToSingle(file, (int)(8 + length + 16)));
    }

    [Fact]
    public void A_module_gets_its_weights_back()
    {
        using var folder = new TemporaryFolder();
        using var trained = new UNet(Small, seed: 1);
        using var other = new UNet(Small, seed: 2);
        var path = folder.File("small.safetensors");
        Weights.Save(trained, Card, path);
        Assert.Equal(Card, Weights.Load(other, path));

        using var gradients = no_grad();
        var (x, t) = (randn(1, 1, 32, 32), tensor(new long[] { 5 }));
        Assert.Equal(trained.call(x, t, null).Values(), other.call(x, t, null).Values());
        // The module can be trained on: its parameters are still its own, with gradients.
        Assert.All(other.parameters(), p => Assert.True(p.requires_grad));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(folder.Location)));
    }

    [Fact]
    public void Weights_at_another_precision_are_converted_and_whole_numbers_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var module = nn.Linear(2, 1, hasBias: false);
        Weights.Save(
            new Dictionary<string, Tensor>
            {
                ["weight"] = tensor([0.5f, -2f]).view(1, 2).to(ScalarType.BFloat16),
            },
            Card,
            folder.File("half")
        );
        Weights.Load(module, folder.File("half"));
        double[] expected = [0.5, -2];
        Assert.Equal(expected, module.weight.Values());
        Assert.Equal(ScalarType.Float32, module.weight.dtype);

        Weights.Save(
            new Dictionary<string, Tensor> { ["weight"] = ones(1, 2, dtype: ScalarType.Int64) },
            Card,
            folder.File("whole")
        );
        Assert.Contains(
            "weight is Int64",
            Assert
                .Throws<InvalidDataException>(() => Weights.Load(module, folder.File("whole")))
                .Message
        );
        Assert.Equal(expected, module.weight.Values());
    }

    [Fact]
    public void Weights_of_another_model_are_refused_and_change_nothing()
    {
        using var folder = new TemporaryFolder();
        using var small = new UNet(Small, seed: 1);
        using var labelled = new UNet(Small with { Classes = 11 });
        using var scaled = new UNet(Small with { Embedding = EmbeddingMode.ScaleShift });
        var before = small.parameters().SelectMany(p => p.Values()).ToArray();
        string Refusal(nn.Module of)
        {
            Weights.Save(of, Card, folder.File("a"));
            return Assert
                .Throws<InvalidDataException>(() => Weights.Load(small, folder.File("a")))
                .Message;
        }
        Assert.Contains("has cemb_module.weight", Refusal(labelled));
        Assert.Contains("[16] there and [8] here", Refusal(scaled));
        Weights.Save(
            small.state_dict().Where(p => p.Key != "conv_in.0.bias").ToDictionary(),
            Card,
            folder.File("a")
        );
        Assert.Contains(
            "lacks conv_in.0.bias and has nothing",
            Assert.Throws<InvalidDataException>(() => Weights.Load(small, folder.File("a"))).Message
        );
        Assert.Equal(before, small.parameters().SelectMany(p => p.Values()));
    }

    [Fact]
    public void Saving_and_loading_leave_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using var network = new UNet(Small);
        var before = LiveTensors.Count();
        Weights.Save(network, Card, folder.File("a"));
        Weights.Load(network, folder.File("a"));
        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a");
        Weights.Save(new Dictionary<string, Tensor> { ["x"] = tensor(1f) }, Card, path);
        var old = File.ReadAllBytes(path);
        var disposed = tensor(2f);
        disposed.Dispose();
        foreach (
            var (name, wrong) in new[]
            {
                ("x", zeros([1], dtype: ScalarType.ComplexFloat32)),
                ("x", disposed),
                ("__metadata__", tensor(1f)),
            }
        )
            Assert.ThrowsAny<Exception>(() =>
                Weights.Save(new Dictionary<string, Tensor> { [name] = wrong }, Card, path)
            );
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(folder.Location)));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("""{"a":[]}""", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "data_offsets")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", "dtype")]
    [InlineData("""{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", "'F31'")]
    [InlineData("""{"a":{"dtype":null,"shape":[1],"data_offsets":[0,4]}}""", "null")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""",
        "shape"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""",
        ""
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}""",
        ""
    )]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "outside")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "outside")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "outside")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "outside")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}""",
        "outside"
    )]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""",
        "1 bytes that belong to no tensor"
    )]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "gaps")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""",
        "overlap"
    )]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        "'a' twice"
    )]
    [InlineData(
        """{"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        "'dtype' twice"
    )]
    [InlineData(
        """{"__metadata__":{"x":"1","x":"2"},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        "'x' twice"
    )]
    [InlineData(
        """{"__metadata__":{"x":1},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        ""
    )]
    [InlineData(
        """{"__metadata__":{"x":null},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        "null"
    )]
    [InlineData("""{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}""", "neither 0 nor 1")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}} x""", "")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[[[[[[[4]]]]]]]],"data_offsets":[0,4]}}""", "")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}""", "")]
    public void A_header_that_is_not_so_is_refused(string header, string complaint)
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            Weights.Decode(FileOf(header, [1, 2, 3, 4]), "some.safetensors")
        );
        Assert.StartsWith("'some.safetensors' is not a sound safetensors file: ", error.Message);
        Assert.Contains(complaint, error.Message);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(3L)]
    [InlineData(100_000_001L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void The_headers_length_is_only_a_claim(long length)
    {
        var file = new byte[10];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        Assert.Throws<InvalidDataException>(() => Weights.Decode(file, "x"));
        Assert.Throws<InvalidDataException>(() => Weights.Decode(file[..7], "x"));
        Assert.Throws<InvalidDataException>(() => Weights.Decode([], "x"));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<FileNotFoundException>(() =>
            Weights.Read("/nowhere/a.safetensors")
        );
        Assert.Contains("/nowhere/a.safetensors", error.Message);
    }

    /// <summary>Any set of tensors is written and read back, bit for bit.</summary>
    [Fact]
    public void Any_set_of_tensors_survives()
    {
        var types = Types.Select(row => row.Data).ToArray();
        var one = Gen.Select(Gen.Int[0, types.Length - 1], Gen.Long[0, 4].Array[0, 4], Gen.Int);
        Gen.Dictionary(Gen.String[1, 12].Where(s => IsText(s) && s != "__metadata__"), one)[0, 6]
            .Sample(
                set =>
                {
                    using var scope = NewDisposeScope();
                    using var folder = new TemporaryFolder();
                    var tensors = set.ToDictionary(
                        p => p.Key,
                        p =>
                            (
                                randn(p.Value.Item2, generator: new Generator((ulong)p.Value.Item3))
                                * 100
                            ).to(types[p.Value.Item1])
                    );
                    Weights.Save(tensors, Card, folder.File("a"));
                    var read = Weights.Read(folder.File("a")).Tensors;
                    return read.Count == tensors.Count
                        && tensors.All(p =>
                            read[p.Key].dtype == p.Value.dtype
                            && read[p.Key].shape.SequenceEqual(p.Value.shape)
                            && read[p.Key].bytes.SequenceEqual(p.Value.bytes)
                        );
                },
                iter: 200,
                threads: 1
            );
    }

    /// <summary>Whatever happens to a file, it is read or refused with the documented exception, and no tensor is left behind.</summary>
    [Fact]
    public void Damaged_bytes_are_read_or_refused()
    {
        using var folder = new TemporaryFolder();
        Weights.Save(
            new Dictionary<string, Tensor>
            {
                ["w"] = randn(2, 3),
                ["n"] = tensor(4L),
                ["on"] = tensor(true),
                ["h"] = zeros([3, 0], dtype: ScalarType.BFloat16),
            },
            Card,
            folder.File("a")
        );
        Damage
            .Of(File.ReadAllBytes(folder.File("a")))
            .Sample(
                file =>
                {
                    using var scope = NewDisposeScope();
                    try
                    {
                        var (tensors, _) = Weights.Decode(file, "x");
                        return tensors.Values.Sum(t => t.bytes.Length) < file.Length;
                    }
                    catch (InvalidDataException)
                    {
                        return scope.DisposablesCount == 0;
                    }
                },
                iter: 5_000,
                threads: 1
            );
    }

    /// <summary>No byte of a file can change unnoticed, not even in a text of its card.</summary>
    [Fact]
    public void A_change_of_any_byte_is_noticed()
    {
        using var folder = new TemporaryFolder();
        Weights.Save(
            new Dictionary<string, Tensor> { ["w"] = randn(2, 3), ["n"] = tensor(4L) },
            new Dictionary<string, string> { ["step"] = "1200" },
            folder.File("a")
        );
        var file = File.ReadAllBytes(folder.File("a"));
        var key = file.AsSpan().IndexOf("sha256 of this file"u8);
        for (var at = 0; at < file.Length; at++)
        {
            // Under another name the checksum is a text like any other, as in files of other programs.
            if (at >= key && at < key + "sha256 of this file".Length)
                continue;
            var changed = (byte[])file.Clone();
            changed[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => Weights.Decode(changed, "x"));
        }
    }

    /// <summary>Files that were written when the checksum was one of the tensors alone.</summary>
    [Fact]
    public void An_earlier_checksum_is_compared_too()
    {
        byte[] data = [0, 0, 128, 63];
        var sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(data));
        var header =
            $$$"""{"__metadata__":{"a":"b","sha256 of the tensors":"{{{sum}}}"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        Assert.Equal("b", Assert.Single(Weights.Decode(FileOf(header, data), "x").Card).Value);
        data[0] = 1;
        Assert.Throws<InvalidDataException>(() => Weights.Decode(FileOf(header, data), "x"));
    }

    /// <summary>Half a surrogate pair is no text, and JSON cannot hold it.</summary>
    private static bool IsText(string s) => !s.Any(char.IsSurrogate);

    private static byte[] FileOf(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. data];
    }
}
