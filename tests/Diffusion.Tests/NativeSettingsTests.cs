using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Xunit;

namespace Diffusion.Tests;

public sealed partial class NativeSettingsTests
{
    /// <summary>Otherwise each large tensor's memory goes back to the system, which zeroes it for the next one.</summary>
    [Fact]
    public unsafe void A_large_block_stays_with_the_process_when_it_is_freed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The settings are those of glibc.");
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("MALLOC_MMAP_MAX_") is not null,
            "The environment has a setting of its own, which wins."
        );
        NativeSettings.Apply();
        var block = NativeMemory.Alloc(100_000_000);
        NativeMemory.Free(block);
        Assert.True(IsMapped((ulong)block), "The block went back to the system.");
    }

    [Fact]
    public void Threads_wait_with_a_short_spin_unless_somebody_says_otherwise()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The settings are those of GNU OpenMP.");
        var said =
            Environment.GetEnvironmentVariable("GOMP_SPINCOUNT")
            ?? (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null ? "2000" : null);
        NativeSettings.Apply();
        // .NET keeps a copy of the environment from the process's start; libtorch asks the C library.
        Assert.Equal(said, Marshal.PtrToStringUTF8(getenv("GOMP_SPINCOUNT")));
    }

    /// <summary>Whether the process has memory at this address.</summary>
    private static bool IsMapped(ulong address) =>
        File.ReadLines("/proc/self/maps")
            .Select(line =>
                line.Split(' ')[0]
                    .Split('-')
                    .Select(end => ulong.Parse(end, NumberStyles.HexNumber))
                    .ToArray()
            )
            .Any(ends => ends[0] <= address && address < ends[1]);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr getenv(string name);
}
