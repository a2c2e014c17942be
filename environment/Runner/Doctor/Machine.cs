extern alias library;

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

    public static IEnumerable<Finding> Examine() =>
        [
            System(RuntimeInformation.RuntimeIdentifier),
            Processor(),
            .. Caches(library::HiddenCaches.Here),
            Memory(),
            Graphics(),
        ];

    /// <param name="rid">The runtime's name for the kind of system, such as <c>linux-x64</c>.</param>
    internal static Finding System(string rid)
    {
        var text =
            $".NET {Environment.Version} on {RuntimeInformation.OSDescription} ({rid}), {Environment.ProcessorCount} processors";
        // Alpine's own package of .NET puts the distribution's name in the place of musl's.
        if (
            rid.Contains("musl", StringComparison.Ordinal)
            || rid.StartsWith("alpine", StringComparison.Ordinal)
        )
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
        var architecture = RuntimeInformation.ProcessArchitecture;
        if (
            MissingLibrary(
                architecture,
                OperatingSystem.IsLinux(),
                OperatingSystem.IsWindows(),
                OperatingSystem.IsMacOS()
            ) is
            { } trouble
        )
            return trouble;
        if (architecture != Architecture.X64)
            return new Finding(Verdict.Good, $"the processor is {architecture}");
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

    /// <summary>Whether TorchSharp 0.107.0 with libtorch 2.10.0 brings nothing for this processor under this system.</summary>
    internal static Finding? MissingLibrary(
        Architecture architecture,
        bool linux,
        bool windows,
        bool macOS
    ) =>
        (architecture, linux, windows, macOS) switch
        {
            (Architecture.X64, _, _, false) or (Architecture.Arm64, _, _, true) => null,
            (Architecture.Arm64, true, _, _) => new Finding(
                Verdict.Trouble,
                "the processor is Arm64, for which TorchSharp has no Linux library: notebooks can be built and read here, but run only on x64 (or on a Mac under macOS)"
            ),
            (Architecture.Arm64, _, true, _) => new Finding(
                Verdict.Trouble,
                "this is .NET for Arm64, and libtorch for Windows is for x64: install the x64 .NET SDK, which Windows emulates"
            ),
            (Architecture.X64, _, _, true) => new Finding(
                Verdict.Trouble,
                "there is no libtorch 2.10 for Macs with Intel processors: use Linux in a virtual machine"
            ),
            _ => new Finding(
                Verdict.Trouble,
                $"the processor is {architecture}, for which there is no libtorch: use x64"
            ),
        };

    /// <param name="hidden">Whether the library takes another way to convolve, because oneDNN's is wrong here.</param>
    internal static IEnumerable<Finding> Caches(bool hidden)
    {
        if (hidden)
            yield return new Finding(
                Verdict.Remark,
                "this virtual machine hides the sizes of its AMD processor's caches, and oneDNN, with which libtorch convolves, gives wrong numbers then: the library leaves it out where that matters, and chapters take longer; other programs with PyTorch are not so careful, so let the virtual machine show the processor as it is (QEMU: '-cpu host'), or use another machine"
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
