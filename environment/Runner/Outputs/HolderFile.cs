using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>
/// The file <c>holder.json</c>: says who is at work, and counts on while he is. Some network file systems do
/// not pass on locks: a process of another machine is believed to be dead when its count stands still.
/// </summary>
internal sealed class HolderFile : IDisposable
{
    private const string Name = "holder.json";

    // A count that stands still for so many beats has stopped.
    private const int Patience = 4;

    private readonly string path;
    private readonly FileStream file;
    private readonly Timer timer;
    private long count;

    private HolderFile(string path, TimeSpan beat)
    {
        (this.path, Holder) = (path, Holder.New());
        // Only one can make it, whatever else the file system does not do.
        file = new FileStream(
            path,
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.Read,
            bufferSize: 0
        );
        try
        {
            Beat();
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
        timer = new Timer(_ => Quietly.Do(Beat), null, beat, beat);
    }

    public static TimeSpan UsualBeat => TimeSpan.FromSeconds(5);

    public Holder Holder { get; }

    /// <summary>Becomes the holder, once what a killed one left is removed.</summary>
    /// <param name="place">The folder of this program inside the output folder, whose lock is held.</param>
    /// <returns>Null where somebody is at work whose lock does not show here.</returns>
    /// <exception cref="NotebookException">There is a file of that name that is none of ours.</exception>
    public static HolderFile? Take(string place, TimeSpan beat, CancellationToken cancel)
    {
        var path = Path.Combine(place, Name);
        if (new FileInfo(path) is { Exists: true } there)
        {
            var left = Read(place);
            if (
                FolderTree.IsLink(path)
                || !FileKind.IsRegular(path)
                || (left is null && there.Length > 0)
            )
                throw new NotebookException(
                    $"'{path}' was not written by this program, which needs that name: move it elsewhere."
                );
            // Whoever held it on this kernel is dead: its lock is free.
            if (left is not null && left.Kernel != Holder.New().Kernel)
                if (IsAlive(path, beat * Patience, cancel))
                    return null;
            if (left is not null && Publication.Unfinished(place)?.Id != left.Id)
                Workplace.RemoveStaging(place, left.Id);
            File.Delete(path);
        }
        try
        {
            return new HolderFile(path, beat);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Who is at work in a folder; null where nobody is, or it cannot be told.</summary>
    public static Holder? Read(string place)
    {
        try
        {
            if (!FileKind.IsRegular(Path.Combine(place, Name)))
                return null;
            var text = Content(Path.Combine(place, Name));
            return Holder.From(Encoding.UTF8.GetBytes(text.Split('\n')[0]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        using (var ended = new ManualResetEvent(false))
            if (timer.Dispose(ended))
                ended.WaitOne();
        file.Dispose();
        Quietly.Do(() => File.Delete(path));
    }

    private void Beat() =>
        // In place and in one go: others may be reading.
        RandomAccess.Write(
            file.SafeFileHandle,
            [.. Holder.ToBytes(), .. Encoding.UTF8.GetBytes($"\n{count++:d12}\n")],
            0
        );

    /// <summary>Looks for changes, not at times: machines do not agree about those.</summary>
    private static bool IsAlive(string path, TimeSpan patience, CancellationToken cancel)
    {
        var (before, clock) = (Content(path), Stopwatch.StartNew());
        while (clock.Elapsed < patience)
        {
            cancel.WaitHandle.WaitOne(patience / 20);
            cancel.ThrowIfCancellationRequested();
            if (!File.Exists(path))
                return false;
            if (Content(path) != before)
                return true;
        }
        return false;
    }

    private static string Content(string path)
    {
        using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
