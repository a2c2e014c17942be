#nullable enable
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// A model's weights as a safetensors file: a JSON header, then the numbers. Reading it runs no code,
/// and PyTorch reads it too.
/// </summary>
/// <remarks>
/// Format: 8 bytes with the header's length (little-endian), the header, the data. The header maps
/// each name to its type, its shape and its place in the data; <c>__metadata__</c> holds texts. One of
/// them, which the card does not show, is a checksum of the file: one that another program wrote, without it, is read too.
/// </remarks>
public static class Weights
{
    /// <summary>The longest header that is read: the format's own limit.</summary>
    public const int LongestHeader = 100_000_000;

    private const int LargestRank = 16;

    private const string MetadataKey = "__metadata__";

    // A text of the card like the others, so that other programs read the file as before. It is that of the
    // whole file with zeros in its own place.
    private const string ChecksumKey = "sha256 of this file";

    // What files had before the header was guarded too.
    private const string TensorsChecksumKey = "sha256 of the tensors";

    private static readonly string NoChecksum = new('0', 2 * SHA256.HashSizeInBytes);

    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8),
        ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>Writes a module's state dict with a model card.</summary>
    /// <param name="card">Data, recipe, seed, steps, loss, time, machine, commit, licence: what a sceptic asks.</param>
    /// <remarks>The file appears whole or not at all.</remarks>
    public static void Save(
        nn.Module module,
        IReadOnlyDictionary<string, string> card,
        string path
    ) => Save(module.state_dict(), card, path);

    /// <inheritdoc cref="Save(nn.Module, IReadOnlyDictionary{string, string}, string)"/>
    public static void Save(
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string> card,
        string path
    )
    {
        if (tensors.ContainsKey(MetadataKey))
            throw new ArgumentException(
                $"A tensor cannot be called {MetadataKey}: a weights file keeps its card there.",
                nameof(tensors)
            );
        // By falling size of element, as the reference implementation does: every tensor is then aligned.
        var ordered = tensors
            .Select(t => (Name: t.Key, Tensor: t.Value, Type: TypeOf(t.Value, t.Key)))
            .OrderByDescending(t => t.Type.Bytes)
            .ThenBy(t => t.Name, StringComparer.Ordinal)
            .ToArray();
        using var scope = NewDisposeScope();
        var contents = ordered.Select(t => t.Tensor.detach().cpu().contiguous()).ToArray();
        var header = Header(
            ordered,
            new Dictionary<string, string>(card) { [ChecksumKey] = NoChecksum }
        );
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        foreach (var content in contents)
            hash.AppendData(content.bytes);
        ChecksumIn(header, NoChecksum, hash.GetCurrentHash());

        WholeFile.Write(
            path,
            unfinished =>
            {
                using var file = File.Create(unfinished);
                file.Write(header);
                foreach (var content in contents)
                    file.Write(content.bytes);
                file.Flush(flushToDisk: true);
            }
        );
    }

    /// <summary>Fills a module with a file's weights; names and shapes must be the same on both sides.</summary>
    /// <returns>The file's model card.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit the module; then nothing was changed.</exception>
    public static IReadOnlyDictionary<string, string> Load(nn.Module module, string path)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var (tensors, card) = Read(path);
        var wanted = module.state_dict();
        var missing = wanted.Keys.Except(tensors.Keys).Order(StringComparer.Ordinal).ToArray();
        var unexpected = tensors.Keys.Except(wanted.Keys).Order(StringComparer.Ordinal).ToArray();
        if (missing.Length + unexpected.Length > 0)
            throw new InvalidDataException(
                $"'{path}' belongs to another model: it lacks {Some(missing)} and has {Some(unexpected)} that this one does not know."
            );
        foreach (var (name, tensor) in tensors)
        {
            if (!tensor.shape.SequenceEqual(wanted[name].shape))
                throw new InvalidDataException(
                    $"'{path}' belongs to another model: {name} is [{string.Join(", ", tensor.shape)}] there and [{string.Join(", ", wanted[name].shape)}] here."
                );
            // Numbers may come at another precision, but whole numbers never become weights.
            var (from, to) = (tensor.dtype, wanted[name].dtype);
            if (from != to && !(is_floating_point(tensor) && is_floating_point(wanted[name])))
                throw new InvalidDataException(
                    $"'{path}' belongs to another model: {name} is {from} there and {to} here."
                );
        }
        foreach (var (name, tensor) in tensors)
            wanted[name].copy_(tensor);
        return card;
    }

    /// <summary>All tensors and the card of a file. The tensors are the caller's to dispose.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no safetensors file, or what it says of itself is not so.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Card) Read(
        string path
    )
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new FileNotFoundException($"There is no weights file '{path}'.", path);
        if (file.Length > Array.MaxLength)
            throw new InvalidDataException(
                $"'{path}' has {file.Length} bytes: weights files up to {Array.MaxLength} bytes are read."
            );
        return Decode(File.ReadAllBytes(path), path);
    }

    /// <summary>The same from bytes.</summary>
    /// <param name="name">For messages.</param>
    /// <inheritdoc cref="Read"/>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Card) Decode(
        byte[] file,
        string name
    )
    {
        try
        {
            // What a header claims is compared with the bytes that are there before anything is allocated.
            if (file.Length < 8)
                throw new FormatException("it is shorter than the length of its header");
            var length = BinaryPrimitives.ReadInt64LittleEndian(file);
            if (length < 2 || length > LongestHeader || length > file.Length - 8)
                throw new FormatException($"it claims a header of {length} bytes");
            using var header = JsonDocument.Parse(
                file.AsMemory(8, (int)length),
                new JsonDocumentOptions { MaxDepth = 8 }
            );

            var data = file.AsMemory(8 + (int)length);
            var properties = Properties(header.RootElement);
            var card = properties.Remove(MetadataKey, out var metadata)
                ? Properties(metadata).ToDictionary(p => p.Key, p => Text(p.Value))
                : [];
            var entries = properties.Select(p => EntryOf(p.Key, p.Value, data)).ToArray();
            RequireNoGaps(entries, data.Length);
            RequireUnchanged(card, file, data.Span);
            return (
                entries.ToDictionary(entry => entry.Name, entry => TensorOf(entry, data)),
                card
            );
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or JsonException
                        or InvalidOperationException
                        or OverflowException
                        or KeyNotFoundException
            )
        {
            throw new InvalidDataException(
                $"'{name}' is not a sound safetensors file: {e.Message}",
                e
            );
        }
    }

    /// <summary>Takes the checksums out of the card and compares them.</summary>
    private static void RequireUnchanged(
        Dictionary<string, string> card,
        byte[] file,
        ReadOnlySpan<byte> data
    )
    {
        if (
            card.Remove(TensorsChecksumKey, out var ofTensors)
            && ofTensors != Convert.ToHexStringLower(SHA256.HashData(data))
        )
            throw new FormatException("its tensors are not those that were written");
        if (!card.Remove(ChecksumKey, out var checksum))
            return;
        var start = file[..^data.Length];
        ChecksumIn(start, checksum, new byte[SHA256.HashSizeInBytes]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        hash.AppendData(data);
        if (checksum != Convert.ToHexStringLower(hash.GetCurrentHash()))
            throw new FormatException("it is not what was written");
    }

    /// <summary>Puts a checksum in the place of another, as hexadecimal digits.</summary>
    private static void ChecksumIn(byte[] start, string old, byte[] checksum)
    {
        var text = Encoding.UTF8.GetBytes($"\"{ChecksumKey}\":\"{old}\"");
        var at = start.AsSpan().IndexOf(text);
        if (at < 0 || old.Length != NoChecksum.Length)
            throw new FormatException("its checksum is not written as it should be");
        Encoding.UTF8.GetBytes(
            Convert.ToHexStringLower(checksum),
            start.AsSpan(at + text.Length - 1 - old.Length)
        );
    }

    private static Entry EntryOf(string name, JsonElement element, ReadOnlyMemory<byte> data)
    {
        var properties = Properties(element);
        var type = Text(properties["dtype"]);
        var known = Types.FirstOrDefault(t => t.Name == type);
        if (known.Name is null)
            throw new FormatException($"'{name}' has the type '{type}', which is not read here");
        var shape = Integers(properties["shape"]);
        var offsets = Integers(properties["data_offsets"]);
        if (
            offsets.Length != 2
            || offsets[0] < 0
            || offsets[1] < offsets[0]
            || offsets[1] > data.Length
        )
            throw new FormatException($"'{name}' lies outside of the file");
        if (shape.Length > LargestRank || shape.Any(n => n < 0))
            throw new FormatException($"'{name}' has an impossible shape");
        // The sizes beside a 0 are checked too: libtorch multiplies them all.
        _ = shape.Aggregate((long)known.Bytes, (product, n) => checked(product * Math.Max(n, 1)));
        var bytes = shape.Aggregate((long)known.Bytes, (product, n) => product * n);
        if (bytes != offsets[1] - offsets[0])
            throw new FormatException(
                $"'{name}' needs {bytes} bytes for its shape and has {offsets[1] - offsets[0]}"
            );
        var entry = new Entry(name, known.Type, shape, (int)offsets[0], (int)offsets[1]);
        if (known.Type == ScalarType.Bool && entry.Of(data).ContainsAnyExcept<byte>(0, 1))
            throw new FormatException($"'{name}' has truth values that are neither 0 nor 1");
        return entry;
    }

    private static Tensor TensorOf(Entry entry, ReadOnlyMemory<byte> data)
    {
        var tensor = zeros(entry.Shape, dtype: entry.Type);
        entry.Of(data).CopyTo(tensor.bytes);
        return tensor;
    }

    /// <summary>A JSON object's properties; a name that comes twice is refused, as the format demands.</summary>
    private static Dictionary<string, JsonElement> Properties(JsonElement element)
    {
        var properties = new Dictionary<string, JsonElement>();
        foreach (var property in element.EnumerateObject())
            if (!properties.TryAdd(property.Name, property.Value))
                throw new FormatException($"it has '{property.Name}' twice");
        return properties;
    }

    private static string Text(JsonElement element) =>
        element.GetString() ?? throw new FormatException("it has null in place of a text");

    private static long[] Integers(JsonElement element) =>
        element.EnumerateArray().Select(n => n.GetInt64()).ToArray();

    private static void RequireNoGaps(IEnumerable<Entry> entries, int dataLength)
    {
        var at = 0;
        foreach (var entry in entries.OrderBy(e => e.Start).ThenBy(e => e.End))
        {
            if (entry.Start != at)
                throw new FormatException("its tensors overlap or leave gaps");
            at = entry.End;
        }
        if (at != dataLength)
            throw new FormatException($"it has {dataLength - at} bytes that belong to no tensor");
    }

    /// <summary>All that comes before the data.</summary>
    private static byte[] Header(
        IEnumerable<(
            string Name,
            Tensor Tensor,
            (string Name, ScalarType, int Bytes) Type
        )> ordered,
        IReadOnlyDictionary<string, string> card
    )
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[8]); // for the length
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, text) in card)
                json.WriteString(key, text);
            json.WriteEndObject();
            long start = 0;
            foreach (var (name, tensor, type) in ordered)
            {
                var end = start + tensor.numel() * type.Bytes;
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name);
                json.WriteStartArray("shape");
                foreach (var n in tensor.shape)
                    json.WriteNumberValue(n);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(start);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                start = end;
            }
            json.WriteEndObject();
        }
        // Blanks behind the JSON, so that the data begin at a multiple of eight.
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        var whole = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(whole, whole.Length - 8);
        return whole;
    }

    private static (string Name, ScalarType Type, int Bytes) TypeOf(Tensor tensor, string name)
    {
        var known = Types.FirstOrDefault(t => t.Type == tensor.dtype);
        return known.Name is not null
            ? known
            : throw new ArgumentException(
                $"'{name}' is of type {tensor.dtype}, which a weights file cannot hold: convert it first."
            );
    }

    private static string Some(string[] names) =>
        names.Length switch
        {
            0 => "nothing",
            <= 3 => string.Join(", ", names),
            _ => $"{string.Join(", ", names.Take(3))} and {names.Length - 3} more",
        };

    /// <summary>What a header says of one tensor; start and end count from the first byte behind the header.</summary>
    private sealed record Entry(string Name, ScalarType Type, long[] Shape, int Start, int End)
    {
        public ReadOnlySpan<byte> Of(ReadOnlyMemory<byte> data) => data.Span[Start..End];
    }
}
