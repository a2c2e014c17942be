using System.IO;
using System.IO.Compression;
using System.Threading;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Commands;

/// <summary>The book in one file, for a stick that goes round a workshop: unpacked anywhere it works without a network.</summary>
internal static class BookZip
{
    /// <summary>Where the file is: beside the book.</summary>
    public static string PathOf(string book) => $"{book}.zip";

    /// <summary>Makes sure that the file may be replaced, or deleted.</summary>
    /// <exception cref="NotebookException">There is one that is none of ours.</exception>
    public static void Require(string book) => SealedFiles.Require(PathOf(book));

    /// <returns>The file.</returns>
    public static string Write(string book, CancellationToken cancel)
    {
        using var place = Workplace.Enter(book, cancel, BookFolder.Waits(book));
        var unfinished = Path.Combine(place.Staging, "book.zip");
        Pack(book, unfinished);
        Require(book);
        File.Move(unfinished, PathOf(book), overwrite: true);
        return PathOf(book);
    }

    private static void Pack(string book, string path)
    {
        var manifest =
            Manifest.In(book)
            ?? throw new NotebookException(
                $"'{book}' holds no pages any more: another run has removed them."
            );
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            // A comment is the last thing in the file.
            zip.Comment = Seal.Open;
            foreach (var name in manifest.Files.Keys)
                zip.CreateEntryFromFile(
                    Path.Combine(book, name),
                    $"{Path.GetFileName(book)}/{name}",
                    CompressionLevel.Optimal
                );
        }
        File.WriteAllBytes(path, Seal.Close(File.ReadAllBytes(path)));
    }
}
