using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using TorchSharp;

namespace Diffusion.Benchmarks.Memory;

/// <summary>What this process holds at one moment.</summary>
/// <param name="Moment">When.</param>
/// <param name="Resident">Bytes of physical memory, native and managed.</param>
/// <param name="Peak">The most that it ever was.</param>
/// <param name="Managed">Bytes of .NET's own heap after a collection.</param>
/// <param name="Tensors">Tensors that nobody has disposed of.</param>
internal sealed record ResidentMemory(
    string Moment,
    long Resident,
    long Peak,
    long Managed,
    long Tensors
)
{
    public static ResidentMemory Now(string moment)
    {
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        using var self = Process.GetCurrentProcess();
        return new ResidentMemory(
            moment,
            self.WorkingSet64,
            self.PeakWorkingSet64,
            managed,
            torch.Tensor.TotalCount
        );
    }

    /// <summary>One line, for the process that started this one.</summary>
    public string ToLine() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Moment}\t{Resident}\t{Peak}\t{Managed}\t{Tensors}"
        );

    public static ResidentMemory FromLine(string line)
    {
        var parts = line.Split('\t');
        var numbers = parts
            .Skip(1)
            .Select(n => long.Parse(n, CultureInfo.InvariantCulture))
            .ToArray();
        return new ResidentMemory(parts[0], numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
