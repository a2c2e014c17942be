using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>
/// The folder <c>.diffusion</c> inside an output folder, held by one process at a time. Everything
/// unfinished is made in there, so that nothing beside the output folder is ever touched.
/// </summary>
/// <remarks>
/// In it: <c>lock</c> and <c>holder.json</c> while somebody is at work, <c>new-…</c> with the holder's
/// random id for what is unfinished, and <c>manifest.json</c> where the folder holds pages. A process that was
/// killed leaves its id in <c>holder.json</c>: exactly that one folder is removed by the next.
/// </remarks>
internal sealed class Workplace : IDisposable
{
    public const string Name = ".diffusion";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    // Folders that vanish again and again are no other run's doing.
    private const int MostTries = 1_000;

    private readonly string path;
    private readonly FolderLock gate;
    private readonly HolderFile holder;
    private readonly IReadOnlyList<string> made;

    private Workplace(
        string path,
        FolderLock gate,
        HolderFile holder,
        IReadOnlyList<string> made
    ) => (this.path, this.gate, this.holder, this.made) = (path, gate, holder, made);

    /// <summary>Random, and of this holder alone.</summary>
    public string Id => holder.Holder.Id;

    /// <summary>For unfinished files; removed at the end.</summary>
    public string Staging => Directory.CreateDirectory(StagingOf(path, Id)).FullName;

    public static string StagingOf(string path, string id) => Path.Combine(path, $"new-{id}");

    /// <summary>Waits until nobody else is at work in an output folder, and keeps others out of it.</summary>
    /// <param name="folder">Made where it is missing, and removed again where it stays empty.</param>
    /// <param name="waits">Is told once for whom it waits, if it does for more than a moment.</param>
    /// <exception cref="NotebookException">There is something in the way that is none of ours.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public static Workplace Enter(
        string folder,
        CancellationToken cancel,
        Action<Holder>? waits = null,
        TimeSpan? beat = null
    )
    {
        var path = Path.Combine(folder, Name);
        var clock = Stopwatch.StartNew();
        var said = false;
        for (var tries = 0; ; tries++)
        {
            cancel.ThrowIfCancellationRequested();
            if (FolderTree.IsLink(path))
                throw new NotebookException(
                    $"'{path}' is a symbolic link, and this program needs a folder of that name: move it elsewhere."
                );
            IReadOnlyList<string> made = [];
            try
            {
                made = Make(path);
                if (FolderLock.Try(Path.Combine(path, "lock")) is { } gate)
                    try
                    {
                        var holder = HolderFile.Take(path, beat ?? HolderFile.UsualBeat, cancel);
                        if (holder is not null)
                            return new Workplace(path, gate, holder, made);
                        gate.Dispose();
                    }
                    catch
                    {
                        gate.Dispose();
                        Leave(path, made);
                        throw;
                    }
            }
            catch (IOException e)
                when (e is DirectoryNotFoundException or FileNotFoundException && tries < MostTries)
            {
                // Whoever was here before has just removed it, perhaps while it was made.
                continue;
            }
            if (!said && clock.Elapsed > Moment && HolderFile.Read(path) is { } other)
            {
                waits?.Invoke(other);
                said = true;
            }
            cancel.WaitHandle.WaitOne(Pause);
        }
    }

    public void Dispose()
    {
        Quietly.Do(() => RemoveStaging(path, Id));
        holder.Dispose();
        gate.Dispose();
        Leave(path, made);
    }

    /// <summary>Removes one folder of unfinished files.</summary>
    public static void RemoveStaging(string path, string id)
    {
        var staging = StagingOf(path, id);
        // A link is removed as such: what it leads to stays.
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: !FolderTree.IsLink(staging));
    }

    /// <returns>The folders that were not there before, outermost first.</returns>
    private static IReadOnlyList<string> Make(string path)
    {
        var missing = new List<string>();
        for (
            var folder = Path.GetDirectoryName(path);
            folder is not null && !Directory.Exists(folder);
            folder = Path.GetDirectoryName(folder)
        )
            missing.Insert(0, folder);
        Directory.CreateDirectory(path);
        return missing;
    }

    private static void Leave(string path, IReadOnlyList<string> made)
    {
        Quietly.Do(() => Directory.Delete(path));
        for (var i = made.Count - 1; i >= 0; i--)
        {
            var folder = made[i];
            Quietly.Do(() => Directory.Delete(folder));
        }
    }
}
