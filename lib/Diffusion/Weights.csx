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
    /// <summary>
    /// The longest header that is read or written, in bytes: some 50,000 tensors. The format allows 100 MB,
    /// which a reader would need a gigabyte for.
    /// </summary>
    public const int LongestHeader = 8_000_000;

    // A text of the card like the others, so that other programs read the file as before. It is that of the
    // whole file with zeros in its own place.
    private const string ChecksumKey = "sha256 of this file";

    // What files had before the header was guarded too.
    private const string TensorsChecksumKey = "sha256 of the tensors";

    private static readonly string NoChecksum = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Writes a module's state dict with a model card.</summary>
    /// <param name="card">Data, recipe, seed, steps, loss, time, machine, commit, licence: what a sceptic asks.</param>
    /// <remarks>The file appears whole or not at all.</remarks>
    /// <exception cref="ArgumentException">
    /// <see cref="Read"/> would refuse it: the message names the tensor or the key of the card. Nothing is written then.
    /// </exception>
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
        foreach (var key in new[] { ChecksumKey, TensorsChecksumKey })
            if (card.ContainsKey(key))
                throw new ArgumentException(
                    $"A card cannot have the key '{key}': a weights file keeps its own checksum there."
                );
        var places = WeightsWriter.Places(tensors);
        var header = WeightsWriter.Header(places, card, [new(ChecksumKey, NoChecksum)]);
        if (header.Length > Array.MaxLength - places.Sum(p => p.End - p.Start))
            throw new ArgumentException(
                $"The file would have more than {Array.MaxLength} bytes, which is more than is read: save fewer tensors in one file."
            );
        using var scope = NewDisposeScope();
        var contents = places
            .Select(place => tensors[place.Name].detach().cpu().contiguous())
            .ToArray();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        foreach (var (place, content) in places.Zip(contents))
        {
            WeightsWriter.Refused(() => place.RequireTruth(content.bytes));
            hash.AppendData(content.bytes);
        }
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
            // What a header claims is compared with the bytes that are there before a tensor is made.
            if (file.Length < 8)
                throw new FormatException("it is shorter than the length of its header");
            var length = BinaryPrimitives.ReadInt64LittleEndian(file);
            if (length < 2 || length > LongestHeader || length > file.Length - 8)
                throw new FormatException($"it claims a header of {length} bytes");
            var data = file.AsMemory(8 + (int)length);
            var (tensors, card) = WeightsReader.Read(file.AsSpan(8, (int)length), data.Length);
            foreach (var tensor in tensors.Values)
                tensor.RequireTruth(tensor.Of(data.Span));
            RequireUnchanged(card, file, data.Span);
            return (tensors.ToDictionary(t => t.Key, t => TensorOf(t.Value, data.Span)), card);
        }
        catch (Exception e)
            when (e is FormatException or JsonException or InvalidOperationException)
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

    private static Tensor TensorOf(StoredTensor stored, ReadOnlySpan<byte> data)
    {
        var tensor = zeros([.. stored.Shape], dtype: stored.Type.Type);
        stored.Of(data).CopyTo(tensor.bytes);
        return tensor;
    }

    private static string Some(string[] names) =>
        names.Length switch
        {
            0 => "nothing",
            <= 3 => string.Join(", ", names),
            _ => $"{string.Join(", ", names.Take(3))} and {names.Length - 3} more",
        };
}
