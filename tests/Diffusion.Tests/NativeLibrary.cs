using System;
using System.Runtime.CompilerServices;
using Diffusion.Runner.Native;
using TorchSharp;
using Xunit;

// The memory tests count what the whole process holds.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Diffusion.Tests;

/// <summary>Loads libtorch before any test touches it.</summary>
internal static class NativeLibrary
{
    [ModuleInitializer]
    internal static void Load()
    {
        TorchNative.Load();
        Host.Start();
        // The other test projects run beside this one. Threads that wait for each other wait long where others work.
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null)
            torch.set_num_threads(1);
    }
}
