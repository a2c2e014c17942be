using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Diffusion.Runner.Book;
using Diffusion.Runner.Compiling;
using Diffusion.Runner.Inputs;
using Diffusion.Runner.Linting;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Commands;

/// <summary>
/// What chapters showed when they last ran. A chapter is not run again while everything that decides
/// what it shows is the same (<see cref="ChapterInputs"/>).
/// </summary>
/// <remarks>A file of it (<see cref="KeptFiles"/>) is a <see cref="KeptRun"/> as JSON.</remarks>
internal sealed class RunCache
{
    private readonly string folder;
    private readonly string root;
    private readonly int? threads;
    private readonly ChapterInputs inputs;

    /// <param name="root">The repository's.</param>
    /// <param name="threads">Of libtorch in each chapter; null for its own choice.</param>
    public RunCache(string root, int? threads)
    {
        (this.root, this.threads) = (root, threads);
        folder = FolderIn(root);
        inputs = new ChapterInputs(root, threads);
    }

    /// <summary>Where it is kept; ignored by git.</summary>
    public static string FolderIn(string root) => Path.Combine(root, "work", "cache");

    /// <summary>Forgets what chapters showed, what their library was compiled to, what was made for their pages, and which of them were found good.</summary>
    public static void Forget(string root, CancellationToken cancel)
    {
        KeptFiles.Forget(KeptLibraries.FolderIn(root), cancel);
        KeptFiles.Forget(PageMemory.FolderIn(root), cancel);
        KeptFiles.Forget(KeptChecks.FolderIn(root), cancel);
        KeptFiles.Forget(FolderIn(root), cancel);
    }

    /// <summary>What a chapter showed, if nothing has changed since; null if it must run.</summary>
    /// <param name="notebook">The chapter's file.</param>
    /// <param name="path">Its place, from <see cref="PathOf"/>.</param>
    public ExecutedNotebook? Find(string notebook, string path)
    {
        try
        {
            return
                KeptFiles.Read(path) is { } kept
                && JsonSerializer.Deserialize<KeptRun>(kept)
                    is { Read: not null, Notebook: not null } found
                && inputs.AreSame(found.Read)
                ? found.Notebook with
                {
                    SourcePath = notebook,
                }
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // A damaged copy is as good as none.
            return null;
        }
    }

    /// <summary>Keeps what a chapter showed, in the place of what it showed before.</summary>
    /// <param name="path">Its place, from before it ran: where something has changed since, nothing is kept.</param>
    /// <param name="read">What was seen of its run.</param>
    /// <param name="besides">Notebooks that ran at the same time, and itself.</param>
    public void Keep(
        ExecutedNotebook notebook,
        string path,
        ReadFiles read,
        IReadOnlyCollection<string> besides
    )
    {
        try
        {
            if (
                inputs.Of(read, besides) is not { } files
                || new RunCache(root, threads).PathOf(notebook.SourcePath) != path
            )
                return;
            var kept = JsonSerializer.SerializeToUtf8Bytes(new KeptRun(files, notebook));
            KeptFiles.Write(path, kept, most: 1, CancellationToken.None);
        }
        catch (Exception e)
            when (e is NotebookException or IOException or UnauthorizedAccessException)
        {
            // Something of somebody else in the way, or a full or read-only disk: the next run is as slow as this one, and nothing else.
        }
    }

    /// <summary>Begins to see what a chapter reads that no key holds.</summary>
    public ReadFiles Watch() => inputs.Watch();

    /// <summary>Whether none of these chapters would have to run.</summary>
    public bool HasAll(IEnumerable<string> notebooks) =>
        notebooks.All(n => Find(n, PathOf(n)) is not null);

    /// <summary>One text for the book of these chapters: the same where it would be written the same.</summary>
    public string KeyOf(IEnumerable<string> notebooks)
    {
        var glossary = Path.Combine(root, "docs", "glossary.md");
        return Checksum.OfText(
            string.Join('\n', notebooks.Select(PathOf).Append(Checksum.Of(glossary)))
        );
    }

    /// <summary>Where a chapter's outputs are kept: the name says what decided them.</summary>
    public string PathOf(string notebook) =>
        KeptFiles.PathOf(
            folder,
            Path.GetFileNameWithoutExtension(notebook),
            inputs.KeyOf(notebook)
        );
}

/// <summary>What is remembered of a run.</summary>
/// <param name="Read">Files of the repository that no key holds, with their checksums.</param>
internal sealed record KeptRun(IReadOnlyDictionary<string, string> Read, ExecutedNotebook Notebook);
