using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Diffusion.Runner.Native;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Looks at what the notebooks need of a machine.</summary>
internal static class DoctorCommand
{
    private enum Verdict
    {
        Good,
        Remark,
        Trouble,
    }

    /// <param name="fix">Also cure TorchSharp's copy in the package folder, which notebook hosts use.</param>
    public static int Run(bool fix)
    {
        var findings = Examine(fix).ToArray();
        foreach (var (verdict, text) in findings)
            AnsiConsole.MarkupLineInterpolated(
                $"{(verdict == Verdict.Good ? "ok     " : verdict == Verdict.Remark ? "note   " : "TROUBLE")}  {text}"
            );
        return findings.Any(f => f.Verdict == Verdict.Trouble)
            ? ExitCode.Failure
            : ExitCode.Success;
    }

    private static IEnumerable<(Verdict Verdict, string Text)> Examine(bool fix)
    {
        yield return (
            Verdict.Good,
            $".NET {Environment.Version} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors"
        );
        yield return RuntimeInformation.ProcessArchitecture != Architecture.X64 || Avx2.IsSupported
            ? (
                Verdict.Good,
                Avx512F.IsSupported
                    ? "the processor has AVX-512"
                    : "the processor can do what libtorch needs"
            )
            : (
                Verdict.Remark,
                "the processor has no AVX2: everything runs, but several times slower"
            );
        yield return NativeLibrary();
        foreach (var copy in PackageCopies())
            yield return Cure(copy, fix);
        foreach (var finding in Data())
            yield return finding;
        yield return Cuda();
    }

    private static (Verdict, string) NativeLibrary()
    {
        try
        {
            TorchNative.Load();
            return (Verdict.Good, $"libtorch {TorchSharp.torch.__version__} loads");
        }
        catch (DllNotFoundException e)
        {
            return (
                Verdict.Trouble,
                $"libtorch does not load ({e.Message.Split('\n')[0]}): run 'dotnet build environment/Runner' again, and see environment/README.md for what it needs"
            );
        }
    }

    /// <summary>Where notebook hosts take TorchSharp from.</summary>
    private static IEnumerable<string> PackageCopies()
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var packages =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget",
                "packages"
            );
        var torchSharp = Path.Combine(packages, "torchsharp");
        return Directory.Exists(torchSharp)
            ? Directory.GetFiles(torchSharp, "libLibTorchSharp.so", SearchOption.AllDirectories)
            : [];
    }

    private static (Verdict, string) Cure(string copy, bool fix)
    {
        if (!GlibcxxCure.IsNeeded(copy))
            return (Verdict.Good, $"{copy} suits this system's libstdc++");
        if (!fix)
            return (
                Verdict.Remark,
                $"{copy} asks for {GlibcxxCure.MissingVersion}, which this system's libstdc++ lacks: the runner helps itself, but a notebook host cannot load it; 'dotnet run --project environment/Runner -- doctor --fix' changes one flag in that file"
            );
        try
        {
            GlibcxxCure.Apply(copy);
            return (Verdict.Good, $"{copy} now loads on this system");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (Verdict.Trouble, $"{copy} could not be changed: {e.Message}");
        }
    }

    private static IEnumerable<(Verdict, string)> Data()
    {
        var folder = Path.Combine(Repository.Root, "data", "fashion-mnist");
        foreach (var line in File.ReadLines(Path.Combine(folder, "SHA256SUMS")))
        {
            var (sum, name) = (line.Split(' ')[0], line.Split(' ')[^1]);
            var path = Path.Combine(folder, name);
            yield return !File.Exists(path)
                ? (Verdict.Trouble, $"{path} is missing: 'git checkout -- data'")
            : !Convert
                .ToHexString(SHA256.HashData(File.ReadAllBytes(path)))
                .Equals(sum, StringComparison.OrdinalIgnoreCase)
                ? (Verdict.Trouble, $"{path} is damaged: 'git checkout -- data'")
            : (Verdict.Good, $"{name} is the original");
        }
        var weights = Directory.GetFiles(
            Path.Combine(Repository.Root, "data", "weights"),
            "*.safetensors"
        );
        yield return weights.Length > 0
            ? (Verdict.Good, $"weights: {string.Join(", ", weights.Select(Path.GetFileName))}")
            : (Verdict.Trouble, "data/weights has no .safetensors file: 'git checkout -- data'");
    }

    private static (Verdict, string) Cuda() =>
        (
            Verdict.Remark,
            File.Exists("/proc/driver/nvidia/version")
                ? "an NVIDIA driver is there; the runner itself uses the CPU, notebooks can choose a CUDA environment"
                : "no NVIDIA driver was found: everything runs on the CPU, as it is meant to"
        );
}
