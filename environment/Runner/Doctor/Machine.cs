using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Diffusion.Runner.Doctor;

/// <summary>The machine that notebooks run on.</summary>
internal static class Machine
{
    private const double NeededGibibytes = 4;

    public static IEnumerable<Finding> Examine() => [System(), Processor(), Memory(), Graphics()];

    private static Finding System()
    {
        var rid = RuntimeInformation.RuntimeIdentifier;
        var text =
            $".NET {Environment.Version} on {RuntimeInformation.OSDescription} ({rid}), {Environment.ProcessorCount} processors";
        if (rid.Contains("musl", StringComparison.Ordinal))
            return new Finding(
                Verdict.Trouble,
                $"{text}: libtorch is built for glibc and does not load on musl (Alpine): use Debian, Ubuntu or Fedora"
            );
        var supported =
            OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
        return supported
            ? new Finding(Verdict.Good, text)
            : new Finding(Verdict.Trouble, $"{text}: there is no libtorch for this system");
    }

    private static Finding Processor()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return new Finding(
                Verdict.Good,
                $"the processor is {RuntimeInformation.ProcessArchitecture}"
            );
        if (!Avx2.IsSupported)
            return new Finding(
                Verdict.Remark,
                "the processor has no AVX2: everything runs, but several times slower"
            );
        return new Finding(
            Verdict.Good,
            $"the processor has {(Avx512F.IsSupported ? "AVX-512" : "AVX2")}"
        );
    }

    private static Finding Memory()
    {
        var gibibytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(2, 30);
        return gibibytes >= NeededGibibytes
            ? new Finding(Verdict.Good, $"{gibibytes:f0} GiB of memory")
            : new Finding(
                Verdict.Remark,
                $"{gibibytes:f1} GiB of memory: chapters that train may need up to {NeededGibibytes} GiB, so close what else is open"
            );
    }

    private static Finding Graphics()
    {
        const string driver = "/proc/driver/nvidia/version";
        return new Finding(
            Verdict.Good,
            File.Exists(driver)
                ? $"an NVIDIA driver is there ({File.ReadLines(driver).First().Trim()}); the runner uses the CPU, a notebook can choose a CUDA environment"
                : "no NVIDIA driver was found: everything runs on the CPU, as it is meant to"
        );
    }
}
