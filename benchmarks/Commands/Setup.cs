using Diffusion.Runner.Native;

namespace Diffusion.Benchmarks.Commands;

/// <summary>Loads libtorch with the settings that a notebook has.</summary>
internal static class Setup
{
    public static void Apply()
    {
        // Before libtorch is there: OpenMP reads its settings only then.
        NativeSettings.Apply();
        TorchNative.Load();
        HiddenCaches.Avoid();
    }
}
