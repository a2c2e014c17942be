using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Diffusion.Runner.Inputs;

/// <summary>
/// Which files of some folders were read while something ran, as Linux says it (inotify): also by a native
/// library or a child process.
/// </summary>
/// <remarks>
/// It does not say who read a file: what an editor read meanwhile is among them. Not seen are files outside of
/// the watched folders, files that were only asked for (whether they exist, how long they are), and folders that
/// were listed. On other systems nothing is seen.
/// </remarks>
internal sealed class ReadFiles : IDisposable
{
    // More folders than any clone has; the system's limits are a little higher.
    private const int MostFolders = 4_096;

    private readonly Dictionary<int, string> folders = [];
    private readonly HashSet<string> seen = [];
    private readonly HashSet<string> changed = [];
    private readonly int queue = -1;
    private bool lost;

    /// <param name="watched">Each by itself, without those inside.</param>
    public ReadFiles(IEnumerable<string> watched)
    {
        if (!OperatingSystem.IsLinux() || (queue = inotify_init1(NonBlocking | CloseOnExec)) < 0)
            return;
        foreach (var folder in watched.Take(MostFolders))
        {
            var watch = inotify_add_watch(queue, folder, WasRead | WasChanged);
            if (watch >= 0)
                folders[watch] = folder;
        }
    }

    /// <summary>What was read so far and is there; null where that cannot be said: something was changed as it was read, or there was too much.</summary>
    public IReadOnlyList<string>? SoFar()
    {
        Take();
        return lost || seen.Overlaps(changed)
            ? null
            : seen.Where(File.Exists).Order(StringComparer.Ordinal).ToArray();
    }

    public void Dispose()
    {
        if (queue >= 0)
            _ = close(queue);
    }

    private void Take()
    {
        if (queue < 0)
            return;
        var events = new byte[1 << 16];
        for (nint length; (length = read(queue, events, events.Length)) > 0; )
        for (var at = 0; at < length; )
            at += Take(events.AsSpan(at));
    }

    /// <returns>How many bytes the first event takes.</returns>
    private int Take(ReadOnlySpan<byte> e)
    {
        var watch = BitConverter.ToInt32(e);
        var what = BitConverter.ToUInt32(e[4..]);
        var length = BitConverter.ToInt32(e[12..]);
        lost |= (what & Overflow) != 0;
        if (length > 0 && (what & IsFolder) == 0 && folders.TryGetValue(watch, out var folder))
        {
            var name = Encoding.UTF8.GetString(e.Slice(16, length)).TrimEnd('\0');
            ((what & WasRead) != 0 ? seen : changed).Add(Path.Combine(folder, name));
        }
        return 16 + length;
    }

    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    // Read from, or closed and never written to.
    private const uint WasRead = 0x1 | 0x10;

    // Written to, moved here, or made.
    private const uint WasChanged = 0x2 | 0x80 | 0x100;
    private const uint Overflow = 0x4000;
    private const uint IsFolder = 0x40000000;

    [DllImport("libc")]
    private static extern int inotify_init1(int flags);

    [DllImport("libc")]
    private static extern int inotify_add_watch(
        int queue,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string folder,
        uint mask
    );

    [DllImport("libc")]
    private static extern nint read(int queue, byte[] buffer, nint length);

    [DllImport("libc")]
    private static extern int close(int queue);
}
