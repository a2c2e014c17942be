using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Diffusion.Runner.Compiling;
using Diffusion.Runner.Inputs;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Linting;

/// <summary>Notebooks in which a check found nothing: while nothing that it read has changed, there is nothing to find.</summary>
/// <remarks>A file of it (<see cref="KeptFiles"/>) is a list of <see cref="CheckedFile"/> as JSON.</remarks>
internal static class KeptChecks
{
    /// <summary>Where they are kept in a repository; ignored by git.</summary>
    public static string FolderIn(string root) => Path.Combine(root, "work", "cache", "checks");

    /// <summary>Whether a check found nothing in a notebook as it is, and in all that it loads and imports.</summary>
    public static bool Holds(string notebook)
    {
        try
        {
            return PathOf(notebook) is string path
                && KeptFiles.Read(path) is { } kept
                && JsonSerializer.Deserialize<CheckedFile[]>(kept) is { Length: > 0 } files
                && files.All(f => CheckedFile.Of(f.Path, SourceFile.Read(f.Path)) == f);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or NotebookException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            // What cannot be read now is looked at as if for the first time.
            return false;
        }
    }

    /// <param name="files">The notebook, and all that it loads and imports.</param>
    public static void Keep(string notebook, IReadOnlyList<CheckedFile> files)
    {
        if (PathOf(notebook) is string path)
            KeptFiles.TryWrite(path, JsonSerializer.SerializeToUtf8Bytes(files), most: 1);
    }

    /// <summary>Null where the notebook is in no repository.</summary>
    private static string? PathOf(string notebook) =>
        Repository.Above(Path.GetDirectoryName(notebook)!) is string root
            ? KeptFiles.PathOf(
                FolderIn(root),
                Path.GetFileNameWithoutExtension(notebook),
                Checksum.OfText($"{CompilerStamp.Text}\n{notebook}")
            )
            : null;
}

/// <param name="Path">Absolute.</param>
/// <param name="Hash">Of its text.</param>
internal sealed record CheckedFile(string Path, string Hash)
{
    public static CheckedFile Of(string path, string text) => new(path, Checksum.OfText(text));
}
