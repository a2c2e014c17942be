using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Book;

/// <summary>
/// The pictures beside the notebooks, which a book takes along. A link among them may lead to any file of whoever
/// writes the book, and the book is given to others: none is followed.
/// </summary>
internal static class Pictures
{
    /// <summary>Makes sure that they can be taken along; asked before anything is run.</summary>
    /// <param name="root">The repository's.</param>
    /// <exception cref="NotebookException">One is no ordinary file: a sentence that names it.</exception>
    public static void Require(string root)
    {
        var folder = FolderOf(root);
        var wrong = FolderTree.IsLink(folder)
            ? folder
            : All(folder).FirstOrDefault(p => FolderTree.IsLink(p) || !FileKind.IsRegular(p));
        if (wrong is not null)
            throw new NotebookException(
                $"'{wrong}' is a link, a pipe or a device, and a book takes along ordinary pictures only: put the picture itself there."
            );
    }

    /// <inheritdoc cref="Require"/>
    public static void Copy(string root, string book)
    {
        Require(root);
        foreach (var picture in All(FolderOf(root)))
        {
            var to = Directory.CreateDirectory(Path.Combine(book, "images")).FullName;
            File.Copy(picture, Path.Combine(to, Path.GetFileName(picture)));
        }
    }

    private static string FolderOf(string root) => Path.Combine(root, "notebooks", "images");

    private static IReadOnlyList<string> All(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
}
