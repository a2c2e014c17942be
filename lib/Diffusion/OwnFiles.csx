#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

/// <summary>
/// The files of a folder that this project wrote, by a list that is kept beside them. Nothing else in there is
/// ever replaced or deleted, and nothing half-written gets its final name.
/// </summary>
/// <remarks>
/// The list, <c>own-files.txt</c>: a line with a random number, then one name a line. What is unfinished is in the
/// folder <c>unfinished-…</c> with that number, so what a kill left is known from what looks like it.
/// </remarks>
public sealed class OwnFiles
{
    /// <summary>The list's own name.</summary>
    public const string ListName = "own-files.txt";

    private const string Title = "Files that this project wrote, and may replace or delete: ";

    private readonly string folder;
    private readonly string number;
    private readonly SortedSet<string> names = new(StringComparer.Ordinal);

    /// <param name="folder">Made where it is missing. One process at a time may use it.</param>
    /// <exception cref="InvalidDataException">There is a file with the list's name that is no such list.</exception>
    public OwnFiles(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        var lines = Lines(folder);
        number = lines is [var first, ..] ? first[Title.Length..] : Guid.NewGuid().ToString("n");
        names.UnionWith(lines.Skip(1));
        // Left behind by a kill.
        if (Directory.Exists(Unfinished))
            Directory.Delete(Unfinished, recursive: !IsLink(Unfinished));
        // The number has to be known before anything bears it.
        if (lines.Length == 0)
            File.WriteAllLines(ListPath, [Title + number]);
    }

    private string ListPath => Path.Combine(folder, ListName);

    private string Unfinished => Path.Combine(folder, $"unfinished-{number}");

    /// <summary>Names in a folder's list; none where there is no list.</summary>
    /// <inheritdoc cref="OwnFiles(string)"/>
    public static IReadOnlyList<string> NamesIn(string folder) => Lines(folder).Skip(1).ToArray();

    /// <summary>Whether a folder has a list.</summary>
    /// <inheritdoc cref="OwnFiles(string)"/>
    public static bool HasList(string folder) => Lines(folder).Length > 0;

    public bool Contains(string name) => names.Contains(name);

    /// <summary>Takes files into the list that an earlier version wrote.</summary>
    public void Adopt(IEnumerable<string> found)
    {
        names.UnionWith(found);
        SaveList();
    }

    /// <summary>Writes a file so that it is the old one or the new one, and never half of it.</summary>
    /// <param name="name">Without a folder.</param>
    /// <param name="write">Is given a path, and writes that file.</param>
    /// <exception cref="InvalidDataException">There is such a file, and it is not in the list: nothing was written.</exception>
    public void Write(string name, Action<string> write)
    {
        var path = Path.Combine(folder, name);
        if (!Contains(name) && (Path.Exists(path) || IsLink(path)))
            throw new InvalidDataException(
                $"'{path}' is there already, and was not written by this training: move it elsewhere."
            );
        Directory.CreateDirectory(Unfinished);
        try
        {
            var unfinished = Path.Combine(Unfinished, name);
            write(unfinished);
            if (names.Add(name))
                SaveList();
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            if (Directory.Exists(Unfinished))
                Directory.Delete(Unfinished, recursive: true);
        }
    }

    /// <summary>Deletes a file of the list; others stay.</summary>
    public void Delete(string name)
    {
        if (!Contains(name))
            return;
        File.Delete(Path.Combine(folder, name));
        names.Remove(name);
        SaveList();
    }

    private void SaveList()
    {
        var existed = Directory.Exists(Unfinished);
        Directory.CreateDirectory(Unfinished);
        var list = Path.Combine(Unfinished, ListName);
        File.WriteAllLines(list, [Title + number, .. names]);
        File.Move(list, ListPath, overwrite: true);
        if (!existed)
            Directory.Delete(Unfinished);
    }

    private static string[] Lines(string folder)
    {
        var path = Path.Combine(folder, ListName);
        // An empty one: a kill fell between making it and writing it.
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (lines.Length == 0)
            return [];
        return
            lines[0].StartsWith(Title, StringComparison.Ordinal)
            && Guid.TryParseExact(lines[0][Title.Length..], "n", out _)
            && lines.Skip(1).All(l => l == Path.GetFileName(l) && l is not ("" or "." or ".."))
            ? lines
            : throw new InvalidDataException(
                $"'{path}' is no list of a training's files: move it elsewhere, or name another folder."
            );
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
