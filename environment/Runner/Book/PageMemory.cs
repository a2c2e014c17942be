extern alias library;

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Diffusion.Runner.Compiling;
using Diffusion.Runner.Inputs;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Book;

/// <summary>
/// What was made for pages before and took long: formulas as they were typeset, the colours of code. Of a book of which
/// one chapter has changed, only that chapter's must be made.
/// </summary>
/// <remarks>A file of it (<see cref="KeptFiles"/>) is a dictionary as JSON.</remarks>
internal sealed class PageMemory
{
    /// <summary>Some ten books. What is not on these pages is forgotten then.</summary>
    private const int Most = 20_000;

    private readonly string? path;

    // Where nothing is asked for, nothing is read.
    private readonly Lazy<Dictionary<string, string>> before;
    private readonly Dictionary<string, string> now = [];
    private bool isNew;

    private PageMemory(string? path)
    {
        this.path = path;
        before = new(Load);
    }

    /// <summary>Without any, and that keeps none.</summary>
    public static PageMemory None => new(null);

    /// <summary>Where it is kept in a repository; ignored by git.</summary>
    public static string FolderIn(string root) => Path.Combine(root, "work", "cache", "pages");

    /// <summary>What this program made before in a repository.</summary>
    public static PageMemory Of(string root)
    {
        // The library's types are told apart by what they were compiled to; all else that decides is part of the program.
        var key = Checksum.OfText(
            $"{CompilerStamp.Text}\n{typeof(library::Host).Module.ModuleVersionId}"
        );
        return new PageMemory(KeptFiles.PathOf(FolderIn(root), "pages", key));
    }

    /// <summary>What was made of a text, made now if it never was.</summary>
    /// <param name="kind">What is made of it.</param>
    public string Recall(string kind, string text, Func<string> make)
    {
        var key = Checksum.OfText($"{kind}\n{text}");
        if (!now.TryGetValue(key, out var made))
        {
            if (!before.Value.TryGetValue(key, out made))
                (made, isNew) = (make(), true);
            now.Add(key, made);
        }
        return made;
    }

    /// <summary>Keeps it for the next time, where that can be.</summary>
    public void Keep()
    {
        if (path is null || !isNew)
            return;
        var all = now.Concat(before.Value.Where(b => !now.ContainsKey(b.Key))).Take(Most);
        KeptFiles.TryWrite(path, JsonSerializer.SerializeToUtf8Bytes(all.ToDictionary()), most: 1);
    }

    private Dictionary<string, string> Load()
    {
        try
        {
            return path is not null && KeptFiles.Read(path) is { } kept
                ? JsonSerializer.Deserialize<Dictionary<string, string>>(kept) ?? []
                : [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // A damaged copy is as good as none.
            return [];
        }
    }
}
