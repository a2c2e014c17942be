using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Diffusion.Tests;

/// <summary>What the process holds outside of .NET's heap.</summary>
internal static partial class HeldMemory
{
    /// <summary>
    /// Bytes that libraries asked the C library for and have not given back, to the byte; null where that cannot be asked.
    /// What an allocator keeps for later is not among them, so that a small leak shows in few steps.
    /// </summary>
    public static double? AllocatedBytes()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var all = mallinfo2();
            return all.InUse + all.InMappings;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // musl, or glibc before 2.33
        }
    }

    /// <summary>Bytes of the process in memory, whoever asked for them and with what is kept for later.</summary>
    public static double ResidentBytes()
    {
        if (!OperatingSystem.IsLinux())
            return Environment.WorkingSet;
        var line = File.ReadLines("/proc/self/status")
            .First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    [LibraryImport("libc.so.6")]
    private static partial Allocations mallinfo2();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Allocations
    {
        public readonly nuint Arena,
            FreeBlocks,
            FastBlocks,
            Mappings,
            InMappings,
            MostEver,
            FastBytes,
            InUse,
            Free,
            Releasable;
    }
}
