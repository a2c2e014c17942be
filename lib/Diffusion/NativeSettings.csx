#nullable enable
using System;
using System.Runtime.InteropServices;

/// <summary>
/// How libtorch gets its memory and how its threads wait, on Linux. Both are documented settings of
/// glibc and of GNU OpenMP; elsewhere nothing is set.
/// </summary>
/// <remarks>
/// A variable of the same meaning that is already set in the environment (<c>MALLOC_MMAP_MAX_</c>,
/// <c>MALLOC_ARENA_MAX</c>, <c>GOMP_SPINCOUNT</c> or <c>OMP_WAIT_POLICY</c>) is left alone.
/// </remarks>
internal static class NativeSettings
{
    // malloc.h
    private const int TrimThreshold = -1;
    private const int MmapMax = -4;
    private const int ArenaMax = -8;

    /// <summary>Must come before libtorch is loaded: OpenMP reads its variables only then.</summary>
    public static void Apply()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            // Without these, glibc takes every large tensor from the system and gives it back, and the
            // system hands out zeroed pages: half of the time of a batch of 100.
            if (Environment.GetEnvironmentVariable("MALLOC_MMAP_MAX_") is null)
            {
                _ = mallopt(MmapMax, 0);
                _ = mallopt(TrimThreshold, int.MaxValue);
            }
            // A thread's own arena ends at 64 MB and falls back to the system beyond that.
            if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null)
                _ = mallopt(ArenaMax, 1);
            // On a GPU, TorchScript would compile kernels of its own for minutes.
            _ = setenv("PYTORCH_TENSOREXPR", "0", overwrite: 0);
            // OpenMP's threads spin while they wait, and another program that wants the core waits too.
            if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
                _ = setenv("GOMP_SPINCOUNT", "2000", overwrite: 0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc: it has its own ways.
        }
    }

    [DllImport("libc.so.6")]
    private static extern int mallopt(int parameter, int value);

    [DllImport("libc.so.6")]
    private static extern int setenv(string name, string value, int overwrite);
}
