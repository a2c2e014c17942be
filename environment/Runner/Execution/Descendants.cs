using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;

namespace Diffusion.Runner.Execution;

/// <summary>Processes that a process started, by itself or by way of others, also those that broke away from it.</summary>
/// <remarks>
/// Who starts a process and ends leaves it to the nearest ancestor that has asked for orphans: workers
/// and the runner ask, so nothing that a cell starts gets out of their tree. Only Linux knows this;
/// elsewhere a worker's tree is ended while the worker is still there.
/// </remarks>
internal static class Descendants
{
    private const int SetChildSubreaper = 36;
    private const int Kill = 9;
    private const int DoNotWait = 1;

    // A process that waits for a broken disk cannot be ended.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>From now on this process is the parent of those below it whose own parent ends.</summary>
    public static void AdoptOrphans()
    {
        if (OperatingSystem.IsLinux())
            _ = prctl(SetChildSubreaper, 1, 0, 0, 0);
    }

    /// <summary>Ends all descendants of this process.</summary>
    /// <param name="spared">Children that stay, with all below them.</param>
    public static void End(IReadOnlySet<int> spared)
    {
        if (!OperatingSystem.IsLinux())
            return;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Longest; Thread.Sleep(5))
        {
            var left = Of(Environment.ProcessId, spared);
            if (left.Count == 0)
                return;
            // The ones above first: they cannot start others then.
            foreach (var process in left)
                _ = kill(process, Kill);
            foreach (var process in left)
                _ = waitpid(process, out _, DoNotWait);
        }
    }

    /// <summary>Parents before children; those that have ended and only wait to be asked for are left out.</summary>
    private static IReadOnlyList<int> Of(int ancestor, IReadOnlySet<int> spared)
    {
        var children = Directory
            .EnumerateDirectories("/proc")
            .Select(folder => Path.GetFileName(folder))
            .Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => (Process: int.Parse(name), Parent: ParentOf(name)))
            .ToLookup(p => p.Parent, p => p.Process);
        var found = new List<int>();
        var next = new Queue<int>(children[ancestor].Where(c => !spared.Contains(c)));
        while (next.TryDequeue(out var process))
        {
            found.Add(process);
            foreach (var child in children[process])
                next.Enqueue(child);
        }
        return found;
    }

    /// <returns>0 where the process has ended.</returns>
    private static int ParentOf(string process)
    {
        try
        {
            // "12 (any name) S 3 …": the name may hold anything, also brackets.
            var status = File.ReadAllText($"/proc/{process}/stat");
            var words = status[(status.LastIndexOf(')') + 2)..].Split(' ', 3);
            return words[0] is "Z" or "X" ? 0 : int.Parse(words[1]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [DllImport("libc")]
    private static extern int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [DllImport("libc")]
    private static extern int kill(int process, int signal);

    [DllImport("libc")]
    private static extern int waitpid(int process, out int status, int options);
}
