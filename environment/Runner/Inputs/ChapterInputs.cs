using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Runner.Inputs;

/// <summary>All that decides what a chapter shows.</summary>
/// <remarks>
/// <para>
/// Known before it runs, and part of its key: its text; what it imports and loads; every file of the library, of
/// the data, of <c>environment</c>, and of <c>notebooks</c> but for other notebooks; the runner and its packages;
/// the machine; settings. Which data a chapter reads is not asked: one that only asks whether a file is there
/// is decided by it too.
/// </para>
/// <para>
/// Known when it has run: what else of the repository it read (<see cref="ReadFiles"/>). Files elsewhere that
/// it neither imports nor loads are not known, nor is what came over the network, the time, or chance.
/// </para>
/// </remarks>
/// <param name="root">The repository's.</param>
/// <param name="threads">Of libtorch in each chapter; null for its own choice.</param>
internal sealed class ChapterInputs(string root, int? threads)
{
    private const string Notebooks = "notebooks";
    private static readonly string[] Whole = ["lib", "data", "environment", Notebooks];

    // What programs write, and chapters don't read. In work/ a chapter may look for what a reader trained.
    private static readonly string[] Made = ["bin", "obj", "book", "export", "work/cache"];

    private readonly NamedFiles named = new();
    private readonly ConcurrentDictionary<string, string> checksums = [];
    private readonly Lazy<string> common = new(() =>
        Checksum.OfText(
            string.Join(
                '\n',
                Surroundings.Lines(threads).Concat(Whole.SelectMany(w => FilesOf(root, w)))
            )
        )
    );

    /// <summary>
    /// The same where nothing that is known before a run has changed. But for the notebook itself every file is
    /// looked at once: another object sees what was edited meanwhile.
    /// </summary>
    public string KeyOf(string notebook) =>
        Checksum.OfText(
            string.Join(
                '\n',
                [
                    common.Value,
                    Checksum.Of(notebook),
                    .. named
                        .Of(notebook)
                        .Select(f =>
                            $"{Path.GetRelativePath(root, f)} {checksums.GetOrAdd(f, NamedSum)}"
                        ),
                ]
            )
        );

    private static string NamedSum(string file) => Checksum.Of(file, NamedFiles.MostBytes);

    /// <summary>Begins to see what is read of the rest of the repository.</summary>
    public ReadFiles Watch() => new(Rest(""));

    /// <summary>What was read, with its checksums; null where something was changed meanwhile.</summary>
    /// <param name="besides">Notebooks that were read for another reason.</param>
    public IReadOnlyDictionary<string, string>? Of(
        ReadFiles read,
        IReadOnlyCollection<string> besides
    ) =>
        read.SoFar()
            ?.Except(besides)
            .ToDictionary(f => Path.GetRelativePath(root, f), f => Checksum.Of(f));

    /// <summary>Whether what a run read is still as it was then.</summary>
    public bool AreSame(IReadOnlyDictionary<string, string> read) =>
        read.All(f => Checksum.Of(Path.Combine(root, f.Key)) == f.Value);

    private static IEnumerable<string> FilesOf(string root, string folder) =>
        FolderFiles
            .Of(Path.Combine(root, folder))
            .Where(f => folder != Notebooks || Path.GetExtension(f) != ".dib")
            .Select(f => $"{Path.GetRelativePath(root, f)} {Checksum.Of(f)}");

    /// <summary>The folders whose files are not all part of every key.</summary>
    /// <param name="below">Relative to the root, with <c>/</c>.</param>
    private IEnumerable<string> Rest(string below)
    {
        var folder = new DirectoryInfo(Path.Combine(root, below));
        var inner = folder
            .EnumerateDirectories("*", new EnumerationOptions { IgnoreInaccessible = true })
            .Where(d => d.LinkTarget is null && !d.Name.StartsWith('.') && !Made.Contains(d.Name))
            .Select(d => below == "" ? d.Name : $"{below}/{d.Name}")
            .Where(path => path == Notebooks || !Whole.Contains(path) && !Made.Contains(path));
        return inner.SelectMany(Rest).Prepend(folder.FullName);
    }
}
