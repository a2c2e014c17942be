using System;
using System.Runtime.InteropServices;
using Xunit;

namespace Diffusion.Tests;

public sealed partial class NativeSettingsTests
{
    /// <summary>
    /// Otherwise each large tensor is a mapping of its own, which goes back to the system when it is
    /// freed, and is zeroed for the next one. glibc marks such blocks in the word in front of them.
    /// </summary>
    [Fact]
    public unsafe void A_large_block_is_not_a_mapping_of_its_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The settings are those of glibc.");
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("MALLOC_MMAP_MAX_") is not null,
            "The environment has a setting of its own, which wins."
        );
        const nuint IsMapping = 2;
        NativeSettings.Apply();
        var block = (nuint*)NativeMemory.Alloc(40_000_000);
        var size = block[-1];
        NativeMemory.Free(block);
        Assert.InRange(size, 40_000_000u, 41_000_000u);
        Assert.Equal((nuint)0, size & IsMapping);
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

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr getenv(string name);
}
