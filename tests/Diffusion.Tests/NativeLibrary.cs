using System.Runtime.CompilerServices;
using Diffusion.Runner.Native;
using Xunit;

// libtorch uses all cores by itself, and the memory tests count what the whole process holds.
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
    }
}
