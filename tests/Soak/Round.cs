using System;
using System.Globalization;
using System.Linq;

namespace Diffusion.Soak;

/// <summary>What there is after one round of the loop.</summary>
/// <param name="Time">Since the beginning.</param>
/// <param name="Resident">Bytes of physical memory of the process that stays.</param>
/// <param name="Managed">Bytes of its .NET heap, after a collection.</param>
/// <param name="Tensors">Tensors in it that nobody has disposed of.</param>
/// <param name="Handles">Open files of it.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Temporary">Files and folders in the folder for temporary ones, which nobody else uses.</param>
/// <param name="Disk">Bytes of the clone in which the commands run.</param>
/// <param name="Shared">Entries in the machine's shared memory.</param>
internal sealed record Round(
    TimeSpan Time,
    long Resident,
    long Managed,
    long Tensors,
    long Handles,
    long Threads,
    long Temporary,
    long Disk,
    long Shared
)
{
    /// <param name="session">The line that <see cref="Session"/> says.</param>
    public static Round From(TimeSpan time, string session, long temporary, long disk, long shared)
    {
        var held = session
            .Split(' ')
            .Select(n => long.Parse(n, CultureInfo.InvariantCulture))
            .ToArray();
        return new Round(
            time,
            held[0],
            held[1],
            held[2],
            held[3],
            held[4],
            temporary,
            disk,
            shared
        );
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Time.TotalMinutes:f0} min | {Resident / 1e6:f0} MB | {Managed / 1e6:f1} MB | {Tensors} | {Handles} | {Threads} | {Temporary} | {Disk / 1e3:f0} KB | {Shared} |"
        );
}
