using System;
using System.Globalization;
using System.IO;
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
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static ResidentMemory Now(string moment)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException(
                "Resident memory is read from /proc/self/status, which only Linux has."
            );
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        var status = File.ReadAllLines("/proc/self/status");
        return new ResidentMemory(
            moment,
            Bytes(status, "VmRSS:"),
            Bytes(status, "VmHWM:"),
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

    // "VmRSS:     123456 kB", where kB means 1024 bytes.
    private static long Bytes(string[] status, string name) =>
        1024
        * long.Parse(
            status
                .Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
                .Replace("kB", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture
        );
}
