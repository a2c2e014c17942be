using System.Diagnostics;

namespace Diffusion.Runner.Execution;

/// <summary>How much memory a notebook needs of a machine.</summary>
internal static class PeakMemory
{
    /// <summary>
    /// The most that this process ever held at once, libtorch's share included: on Linux the kernel's
    /// own <c>VmHWM</c>, exact between two looks too. 0 where the system doesn't say.
    /// </summary>
    public static long OfThisProcess()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
