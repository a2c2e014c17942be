#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// The real Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): grey pictures of clothes in ten classes.
/// </summary>
/// <param name="Images">float32 <c>[N, 1, 32, 32]</c> in [−1, 1]: the 28x28 originals with two pixels of −1 around them, so that a U-Net can halve them.</param>
/// <param name="Labels">int64 <c>[N]</c>, 0 … 9; <see cref="ClassNames"/> has their names.</param>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed record FashionMnist(Tensor Images, Tensor Labels) : IDisposable
{
    private const int Side = 28;
    private const int Padding = 2;

    /// <summary>Bytes; the largest of the originals has 26 million.</summary>
    private const long LargestFile = 64_000_000;

    /// <summary>Names of the labels 0 … 9.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
    [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ];

    /// <summary>Number of images.</summary>
    public long Count => Images.shape[0];

    /// <summary>The 60,000 images for training.</summary>
    /// <inheritdoc cref="Load"/>
    public static FashionMnist Train(string? folder = null) => Load("train", 60_000, folder);

    /// <summary>The 10,000 images that no training sees.</summary>
    /// <inheritdoc cref="Load"/>
    public static FashionMnist Test(string? folder = null) => Load("t10k", 10_000, folder);

    /// <summary>The images of one class, in their order.</summary>
    /// <param name="label">0 … 9.</param>
    /// <returns><c>[n, 1, 32, 32]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public Tensor OfClass(int label)
    {
        if (label < 0 || label >= ClassNames.Count)
            throw new ArgumentOutOfRangeException(
                nameof(label),
                label,
                $"Label {label} is none of the classes 0 to {ClassNames.Count - 1}."
            );
        using var scope = NewDisposeScope();
        return Images
            .index_select(0, (Labels == label).nonzero().flatten())
            .MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"FashionMnist: {Count:n0} images of [1, 32, 32] in [-1, 1], {ClassNames.Count} classes"
        );

    /// <summary>The same line: an engine would otherwise write out all the pixels.</summary>
    public string ToHtml() => $"<p>{ToString()}</p>";

    /// <param name="folder">Where the four .gz files and SHA256SUMS are; <c>data/fashion-mnist</c> of the repository where nothing is said.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not the original: its checksum, header or size is wrong.</exception>
    private static FashionMnist Load(string part, int count, string? folder)
    {
        folder ??= Host.Find(Path.Combine("data", "fashion-mnist"));
        var sums = Checksums(folder);
        // The images are nine tenths of the work, so both files are read at once.
        var labels = Task.Run(() => Read(folder, $"{part}-labels-idx1-ubyte.gz", sums, [count]));
        var images = Read(folder, $"{part}-images-idx3-ubyte.gz", sums, [count, Side, Side]);

        using var scope = NewDisposeScope();
        // 0 … 255 to −1 … 1. A border of 0 therefore becomes −1, black, like the originals' own.
        var pixels = nn
            .functional.pad(
                tensor(images).view(count, 1, Side, Side),
                [Padding, Padding, Padding, Padding]
            )
            .to(ScalarType.Float32)
            .mul_(2 / 255f)
            .sub_(1);
        return new FashionMnist(
            pixels.MoveToOuterDisposeScope(),
            tensor(labels.GetAwaiter().GetResult()).to(ScalarType.Int64).MoveToOuterDisposeScope()
        );
    }

    /// <summary>The lines of SHA256SUMS: file name to checksum.</summary>
    private static Dictionary<string, string> Checksums(string folder)
    {
        var sums = new Dictionary<string, string>();
        foreach (var line in Encoding.UTF8.GetString(Bytes(folder, "SHA256SUMS")).Split('\n'))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var sum, var name])
                sums[name.Trim().TrimStart('*')] = sum;
        return sums;
    }

    private static byte[] Read(
        string folder,
        string name,
        Dictionary<string, string> sums,
        int[] dimensions
    )
    {
        var compressed = Bytes(folder, name);
        var sum = Convert.ToHexString(SHA256.HashData(compressed));
        if (!sum.Equals(sums.GetValueOrDefault(name), StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException(
                $"'{Path.Combine(folder, name)}' is not the file that SHA256SUMS describes: get it anew with 'git checkout -- data'."
            );
        return Idx.Decode(compressed, dimensions, Path.Combine(folder, name));
    }

    private static byte[] Bytes(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists)
            throw new FileNotFoundException(
                $"'{file.FullName}' is missing: get it anew with 'git checkout -- data'.",
                file.FullName
            );
        if (file.Length > LargestFile)
            throw new InvalidDataException(
                $"'{file.FullName}' has {file.Length} bytes, more than any file of Fashion-MNIST: get it anew with 'git checkout -- data'."
            );
        return File.ReadAllBytes(file.FullName);
    }
}
