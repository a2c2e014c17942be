#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TorchSharp;

/// <summary>Reads the header of a weights file from front to back, and keeps nothing of it but what it means.</summary>
/// <remarks>
/// A tree of the whole JSON would take some 30 times its bytes. Here a hostile header takes a few times
/// its own, whatever it holds (WeightsHeaderTests measures it).
/// </remarks>
public static class WeightsReader
{
    // The format needs three levels; one that it doesn't know may have a few more, and is passed over.
    private const int Deepest = 8;

    /// <param name="header">JSON in UTF-8.</param>
    /// <param name="length">How many bytes of data follow.</param>
    /// <returns>The tensors by name, and the texts of the card.</returns>
    /// <exception cref="FormatException">What it says cannot be so.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">Something has another type than it should.</exception>
    public static (Dictionary<string, StoredTensor> Tensors, Dictionary<string, string> Card) Read(
        ReadOnlySpan<byte> header,
        long length
    )
    {
        var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = Deepest });
        var tensors = new Dictionary<string, StoredTensor>();
        Dictionary<string, string>? card = null;
        Open(ref json, JsonTokenType.StartObject, "the header");
        while (Property(ref json) is { } name)
            if (name != WeightsWriter.MetadataKey)
            {
                if (!tensors.TryAdd(name, Tensor(ref json, name, length)))
                    throw Twice(name);
            }
            else if (card is null)
                card = Texts(ref json);
            else
                throw Twice(name);
        // Looks whether there is anything behind the object.
        _ = json.Read();
        RequireNoGaps(tensors.Values, length);
        return (tensors, card ?? []);
    }

    private static Dictionary<string, string> Texts(ref Utf8JsonReader json)
    {
        var texts = new Dictionary<string, string>();
        Open(ref json, JsonTokenType.StartObject, WeightsWriter.MetadataKey);
        while (Property(ref json) is { } key)
            if (!texts.TryAdd(key, Text(ref json)))
                throw Twice(key);
        return texts;
    }

    private static StoredTensor Tensor(ref Utf8JsonReader json, string name, long length)
    {
        StoredType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Open(ref json, JsonTokenType.StartObject, name);
        while (Property(ref json) is { } property)
            switch (property)
            {
                case "dtype":
                    type = type is null ? Type(ref json, name) : throw Twice(property);
                    break;
                case "shape":
                    shape = shape is null
                        ? Integers(ref json, name, StoredTensor.LargestRank, "an impossible shape")
                        : throw Twice(property);
                    break;
                case "data_offsets":
                    offsets = offsets is null
                        ? Integers(ref json, name, 2, "a place outside of the file")
                        : throw Twice(property);
                    break;
                default:
                    json.Skip();
                    break;
            }
        if (type is null || shape is null || offsets is null)
            throw new FormatException(
                $"'{name}' has no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}"
            );
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > length)
            throw new FormatException($"'{name}' lies outside of the file");
        var bytes = StoredTensor.BytesOf(name, type, shape);
        if (bytes != offsets[1] - offsets[0])
            throw new FormatException(
                $"'{name}' needs {bytes} bytes for its shape and has {offsets[1] - offsets[0]}"
            );
        return new StoredTensor(name, type, shape, offsets[0], offsets[1]);
    }

    private static StoredType Type(ref Utf8JsonReader json, string name)
    {
        var type = Text(ref json);
        return StoredType.All.FirstOrDefault(t => t.Name == type)
            ?? throw new FormatException($"'{name}' has the type '{type}', which is not read here");
    }

    private static long[] Integers(ref Utf8JsonReader json, string name, int most, string otherwise)
    {
        Open(ref json, JsonTokenType.StartArray, name);
        Span<long> numbers = stackalloc long[StoredTensor.LargestRank];
        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (count == most)
                throw new FormatException($"'{name}' has {otherwise}");
            numbers[count++] = json.GetInt64();
        }
        return numbers[..count].ToArray();
    }

    private static string Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString() ?? throw new FormatException("it has null in place of a text");
    }

    /// <summary>The name of an object's next property; null at its end.</summary>
    private static string? Property(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.PropertyName ? json.GetString() : null;

    private static void Open(ref Utf8JsonReader json, JsonTokenType kind, string name)
    {
        json.Read();
        if (json.TokenType != kind)
            throw new FormatException($"'{name}' is {json.TokenType} in place of {kind}");
    }

    private static FormatException Twice(string name) => new($"it has '{name}' twice");

    private static void RequireNoGaps(IEnumerable<StoredTensor> tensors, long length)
    {
        long at = 0;
        foreach (var tensor in tensors.OrderBy(t => t.Start).ThenBy(t => t.End))
        {
            if (tensor.Start != at)
                throw new FormatException("its tensors overlap or leave gaps");
            at = tensor.End;
        }
        if (at != length)
            throw new FormatException($"it has {length - at} bytes that belong to no tensor");
    }
}
