using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using CsCheck;
using Diffusion.Tests;

namespace Diffusion.Fuzzing;

/// <summary>A reader, a real file of its kind, and what must be so of whatever it makes of a damaged one.</summary>
/// <param name="Name">For the table.</param>
/// <param name="File">A real file.</param>
/// <param name="Read">Reads a damaged one; false where the reader refused it as documented. Everything else that it throws is a crash.</param>
internal sealed record Reader(string Name, byte[] File, Func<byte[], bool> Read)
{
    /// <summary>Reads so many damaged files, and says how that went.</summary>
    /// <returns>A row of the table.</returns>
    public Outcome Try(int count)
    {
        var (read, refused, slowest, largest) = (0, 0, TimeSpan.Zero, 0L);
        string? crash = null;
        try
        {
            Damage
                .Of(File)
                .Sample(
                    damaged =>
                    {
                        var before = GC.GetAllocatedBytesForCurrentThread();
                        var clock = Stopwatch.StartNew();
                        if (Read(damaged))
                            read++;
                        else
                            refused++;
                        clock.Stop();
                        var took = GC.GetAllocatedBytesForCurrentThread() - before;
                        (slowest, largest) = (
                            clock.Elapsed > slowest ? clock.Elapsed : slowest,
                            Math.Max(largest, took)
                        );
                    },
                    iter: count,
                    threads: 1
                );
        }
        catch (CsCheckException e)
        {
            crash = e.ToString();
        }
        return new Outcome(Name, File.Length, read, refused, slowest, largest, crash);
    }
}

/// <param name="Read">Files that were read, and were right.</param>
/// <param name="Refused">Files that were refused with the documented exception.</param>
/// <param name="Slowest">The longest that one took.</param>
/// <param name="Largest">The most managed memory that one took, bytes.</param>
/// <param name="Crash">What went wrong with the smallest file with which it does; null where nothing did.</param>
internal sealed record Outcome(
    string Name,
    int Bytes,
    int Read,
    int Refused,
    TimeSpan Slowest,
    long Largest,
    string? Crash
)
{
    public bool Holds =>
        Crash is null && Slowest < TimeSpan.FromSeconds(1) && Largest < 256L * 1024 * 1024;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {Bytes:n0} | {Read + Refused:n0} | {Read:n0} | {Refused:n0} | {Slowest.TotalMilliseconds:n1} ms | {Largest / 1024.0:n0} KB | {(Crash is null ? 0 : 1)} |"
        );
}
