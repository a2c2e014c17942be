using System;
using System.Collections.Generic;
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
        const string Variable = "MALLOC_MMAP_MAX_";
        var said = Environment.GetEnvironmentVariable(Variable);
        var blocks = new List<IntPtr>();
        try
        {
            // As it is where nobody has said anything: glibc's own default.
            Environment.SetEnvironmentVariable(Variable, null);
            const int MmapMax = -4;
            _ = mallopt(MmapMax, 65536);
            // What other tests gave back is handed out first, whatever the setting is.
            while (!IsMapping())
                Assert.True(blocks.Count < 200, "No large block is a mapping by itself.");
            NativeSettings.Apply();
            Assert.False(IsMapping());
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, said);
            blocks.ForEach(block => NativeMemory.Free((void*)block));
        }

        // More than glibc's largest threshold (32 MB), less than the arena of any thread holds (64 MB); never touched.
        bool IsMapping()
        {
            var block = (nuint*)NativeMemory.Alloc(48_000_000);
            blocks.Add((IntPtr)block);
            return (block[-1] & 2) != 0;
        }
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

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);
}
