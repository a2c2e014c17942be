using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Book;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>The folder that pages are written to: it must be the book's own.</summary>
internal static class BookFolder
{
    // Pages that every book has besides those of the notebooks.
    private static readonly string[] Reserved = ["index", "gallery", "glossary", "library"];

    /// <summary>Makes sure that these notebooks' pages can be written to a folder; asked before anything is run.</summary>
    /// <exception cref="NotebookException">They cannot: one sentence.</exception>
    public static void Claim(
        string folder,
        IReadOnlyList<string> notebooks,
        string root,
        CancellationToken cancel
    )
    {
        RequireNames(notebooks);
        Pictures.Require(root);
        Publication.Claim(folder, cancel, Waits(folder));
    }

    /// <summary>Whether a folder holds whole pages that were written for a key.</summary>
    public static bool Holds(string folder, string key) =>
        Publication.Unfinished(Path.Combine(folder, Workplace.Name)) is null
        && Manifest.In(folder) is { } manifest
        && manifest.Key == key
        && manifest.IsWhole(folder);

    /// <param name="key">What decides these pages, for <see cref="Holds"/>; asked when they are written.</param>
    public static void Write(
        string folder,
        IReadOnlyList<ExecutedNotebook> notebooks,
        string root,
        CancellationToken cancel,
        Func<string>? key = null
    ) =>
        Publication.Write(
            folder,
            fresh => BookWriter.Write(notebooks, root, fresh),
            key ?? (() => ""),
            cancel,
            Waits(folder)
        );

    /// <inheritdoc cref="Publication.Remove"/>
    public static void Remove(string folder, CancellationToken cancel) =>
        Publication.Remove(folder, cancel, Waits(folder));

    /// <summary>Each notebook has files of its own, also where big and small letters are the same.</summary>
    public static void RequireDistinct(IReadOnlyList<string> notebooks)
    {
        var twice = notebooks
            .GroupBy(NameOf, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new NotebookException(
                $"'{twice.First()}' and '{twice.Last()}' would be written to the same file: rename one, or give them one after the other, with another --output each."
            );
    }

    private static void RequireNames(IReadOnlyList<string> notebooks)
    {
        RequireDistinct(notebooks);
        if (
            notebooks.FirstOrDefault(n =>
                Reserved.Contains(NameOf(n), StringComparer.OrdinalIgnoreCase)
            )
            is string reserved
        )
            throw new NotebookException(
                $"'{reserved}' would be written to the page {NameOf(reserved)}.html, which every book has already: rename the notebook."
            );
    }

    private static string NameOf(string notebook) => Path.GetFileNameWithoutExtension(notebook);

    /// <summary>Says for whom it waits.</summary>
    public static Action<Holder> Waits(string folder) =>
        other =>
            AnsiConsole.MarkupLineInterpolated(
                $"Another run ({other.ToString()}) is writing to [bold]{folder}[/]: waiting for it."
            );
}
