using System;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>
/// Replaces the pages in a folder so that they are the old ones or the new ones, and touches nothing that
/// this program did not write.
/// </summary>
/// <remarks>
/// <para>The new pages are made inside the folder's <see cref="Workplace"/>. When all of them are there, with a
/// manifest of their names and checksums, that manifest is renamed to <c>next.json</c>: from that moment on the new
/// ones count. Then they are renamed into their places, file by file, and pages that are no longer wanted
/// are deleted. A kill before that moment leaves the old pages; a kill behind it leaves whole files, and whoever
/// comes next finishes the renaming, before anything else.</para>
/// <para>Renaming a whole folder would be one step instead of some forty, but needs a neighbour of the folder, with a
/// name that might be somebody's; and it takes along whatever a reader put into the folder meanwhile.</para>
/// </remarks>
internal static class Publication
{
    private const string Next = "next.json";
    private const string Pages = "pages";

    private static readonly StringComparer Names = OperatingSystem.IsLinux()
        ? StringComparer.Ordinal
        : StringComparer.OrdinalIgnoreCase;

    /// <summary>What has been decided in a workplace, and may not all be in its place; null in peace.</summary>
    public static Manifest? Unfinished(string place) => Manifest.Read(Path.Combine(place, Next));

    /// <summary>Makes sure that pages may be written to a folder, and that they can be; asked before anything is run.</summary>
    /// <exception cref="NotebookException">It holds something that is none of ours.</exception>
    public static void Claim(string folder, CancellationToken cancel, Action<Holder>? waits = null)
    {
        Ownership.RequireNothingForeign(folder);
        using var place = Enter(folder, cancel, waits);
    }

    /// <param name="folder">It need not exist.</param>
    /// <param name="write">Fills a new, empty folder.</param>
    /// <param name="key">What decides these pages; asked when they are written.</param>
    /// <param name="cancel">Looked at before anything is replaced.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the folder is as it was.</exception>
    public static void Write(
        string folder,
        Action<string> write,
        Func<string> key,
        CancellationToken cancel,
        Action<Holder>? waits = null
    )
    {
        Ownership.RequireNothingForeign(folder);
        using var place = Enter(folder, cancel, waits);
        var pages = Directory.CreateDirectory(Path.Combine(place.Staging, Pages)).FullName;
        write(pages);
        cancel.ThrowIfCancellationRequested();
        var next = Manifest.Of(pages, place.Id, key());
        // Writing took a while.
        Ownership.Require(folder, Manifest.In(folder));
        var draft = Path.Combine(place.Staging, Next);
        next.Save(draft);
        File.Move(draft, Path.Combine(folder, Workplace.Name, Next));
        Finish(folder, next);
    }

    /// <summary>Deletes the pages, and the folder if nothing else is in it.</summary>
    /// <exception cref="NotebookException">It holds something that is none of ours.</exception>
    public static void Remove(string folder, CancellationToken cancel, Action<Holder>? waits = null)
    {
        Ownership.RequireNothingForeign(folder);
        using (Enter(folder, cancel, waits))
        {
            foreach (var name in Manifest.In(folder)?.Files.Keys.ToArray() ?? [])
                Delete(folder, name);
            File.Delete(Manifest.PathIn(folder));
        }
        Quietly.Do(() => Directory.Delete(folder));
    }

    private static Workplace Enter(string folder, CancellationToken cancel, Action<Holder>? waits)
    {
        var place = Workplace.Enter(folder, cancel, waits);
        try
        {
            var next = Unfinished(Path.Combine(folder, Workplace.Name));
            Ownership.Require(folder, Manifest.In(folder), next);
            if (next is not null)
                Finish(folder, next);
            // Whoever finished the last pages in the place of a killed one may have been killed as well.
            else if (Manifest.In(folder) is { } done)
                Workplace.RemoveStaging(Path.Combine(folder, Workplace.Name), done.Id);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private static void Finish(string folder, Manifest next)
    {
        var place = Path.Combine(folder, Workplace.Name);
        var pages = Path.Combine(Workplace.StagingOf(place, next.Id), Pages);
        // What pages need comes before them, and the page that leads to them comes last.
        foreach (
            var name in next
                .Files.Keys.OrderByDescending(n => n.Count(c => c == '/'))
                .ThenBy(n => n == "index.html")
                .Where(n => File.Exists(Path.Combine(pages, n)))
        )
        {
            var target = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(Path.Combine(pages, name), target, overwrite: true);
        }
        foreach (var name in Manifest.In(folder)?.Files.Keys.ToArray() ?? [])
            if (!next.Files.Keys.Contains(name, Names))
                Delete(folder, name);
        File.Move(Path.Combine(place, Next), Manifest.PathIn(folder), overwrite: true);
        Workplace.RemoveStaging(place, next.Id);
    }

    private static void Delete(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        // A page that somebody deleted may have taken its folder along.
        if (File.Exists(path))
            File.Delete(path);
        Quietly.RemoveEmpty(Path.GetDirectoryName(path)!, below: folder);
    }
}
