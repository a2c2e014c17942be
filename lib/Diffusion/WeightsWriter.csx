#nullable enable
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Writes the header of a weights file, and refuses before anything is written what could not be read back.</summary>
public static class WeightsWriter
{
    /// <summary>Where the header keeps the card; no tensor can be called so.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Gives tensors their places: by falling size of element, as the reference implementation does, so that every one is aligned.</summary>
    /// <exception cref="ArgumentException">One cannot be read back; the message names it.</exception>
    public static IReadOnlyList<StoredTensor> Places(IReadOnlyDictionary<string, Tensor> tensors)
    {
        var places = new List<StoredTensor>();
        long start = 0;
        foreach (
            var (name, tensor, type) in tensors
                .Select(t => (t.Key, t.Value, Type: TypeOf(t.Value, t.Key)))
                .OrderByDescending(t => t.Type.Bytes)
                .ThenBy(t => t.Key, StringComparer.Ordinal)
        )
        {
            RequireText(name, name, "The name");
            if (name == MetadataKey)
                throw new ArgumentException(
                    $"A tensor cannot be called {MetadataKey}: a weights file keeps its card there."
                );
            long bytes = 0;
            Refused(() => bytes = StoredTensor.BytesOf(name, type, tensor.shape));
            if (bytes > Array.MaxLength - start)
                throw new ArgumentException(
                    $"The file would have more than {Array.MaxLength} bytes with '{name}', which is more than is read: save fewer tensors in one file."
                );
            places.Add(new StoredTensor(name, type, tensor.shape, start, start + bytes));
            start += bytes;
        }
        return places;
    }

    /// <summary>All that comes before the data: the header's length, the header, blanks so that the data begin at a multiple of eight.</summary>
    /// <param name="reserved">Keys that the file keeps for itself.</param>
    /// <exception cref="ArgumentException">It cannot be read back.</exception>
    public static byte[] Header(
        IReadOnlyList<StoredTensor> tensors,
        IReadOnlyDictionary<string, string> card,
        IReadOnlyList<KeyValuePair<string, string>> reserved
    )
    {
        foreach (var (key, text) in card)
        {
            RequireText(key, key, "The key");
            RequireText(key, text, "The text of");
        }
        using var buffer = new MemoryStream();
        buffer.Write(new byte[8]); // for the length
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, text) in card.Concat(reserved))
                json.WriteString(key, text);
            json.WriteEndObject();
            foreach (var tensor in tensors)
                Write(json, tensor);
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        var whole = buffer.ToArray();
        if (whole.Length - 8 > Weights.LongestHeader)
            throw new ArgumentException(
                $"The card and the tensors' names make a header of {whole.Length - 8} bytes, and only {Weights.LongestHeader} are read: shorten the card."
            );
        BinaryPrimitives.WriteInt64LittleEndian(whole, whole.Length - 8);
        return whole;
    }

    /// <summary>Says as a caller's mistake what a reader would say of the file.</summary>
    public static void Refused(Action look)
    {
        try
        {
            look();
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"This cannot be saved: {e.Message}.", e);
        }
    }

    private static void Write(Utf8JsonWriter json, StoredTensor tensor)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.Name);
        json.WriteStartArray("shape");
        foreach (var n in tensor.Shape)
            json.WriteNumberValue(n);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(tensor.Start);
        json.WriteNumberValue(tensor.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static StoredType TypeOf(Tensor tensor, string name)
    {
        if (tensor is null)
            throw new ArgumentException($"'{name}' has no tensor: null cannot be saved.");
        return StoredType.All.FirstOrDefault(t => t.Type == tensor.dtype)
            ?? throw new ArgumentException(
                $"'{name}' is of type {tensor.dtype}, which a weights file cannot hold: convert it first."
            );
    }

    /// <summary>Half a surrogate pair is no text: JSON cannot hold it, and would hold something else.</summary>
    private static void RequireText(string key, string? text, string what)
    {
        if (text is null)
            throw new ArgumentException(
                $"{what} '{key}' is null: a card holds texts, so leave it out or write \"\"."
            );
        var half = Regex.Match(
            text,
            "[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]"
        );
        if (half.Success)
            throw new ArgumentException(
                $"{what} '{Shown(key)}' has half a surrogate pair, \\u{(int)half.Value[0]:x4}, at character {half.Index}: that is no text."
            );
    }

    private static string Shown(string text) =>
        string.Concat(text.Select(c => char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : $"{c}"));
}
