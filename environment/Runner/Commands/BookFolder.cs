using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Book;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Commands;

/// <summary>The folder that pages are written to. It is replaced as a whole, so it must be the book's own.</summary>
internal static class BookFolder
{
    // What every book has.
    private static readonly string Sign = Path.Combine("assets", "book.css");

    /// <summary>Makes sure that a folder may be replaced; asked before anything is run.</summary>
    /// <exception cref="NotebookException">It holds something else than a book.</exception>
    public static void Claim(string folder)
    {
        if (File.Exists(folder))
            throw new NotebookException($"'{folder}' is a file: the pages need a folder.");
        if (
            Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).Any()
            && !File.Exists(Path.Combine(folder, Sign))
        )
            throw new NotebookException(
                $"'{folder}' holds something that is not a book, and would be replaced as a whole: name another folder, or empty it."
            );
    }

    public static void Write(
        string folder,
        IReadOnlyList<ExecutedNotebook> notebooks,
        string root,
        CancellationToken cancel
    ) => FolderSwap.Write(folder, fresh => BookWriter.Write(notebooks, root, fresh), cancel);
}
