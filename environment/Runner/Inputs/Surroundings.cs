extern alias library;

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Diffusion.Runner.Inputs;

/// <summary>What decides a chapter's outputs and is no file of the repository: the runner, its packages, the machine, the settings.</summary>
internal static class Surroundings
{
    // How many threads share a sum, which instructions add it up, and how numbers and times are written.
    private static readonly string[] Settings =
    [
        "OMP_",
        "KMP_",
        "MKL_",
        "OPENBLAS_",
        "ATEN_",
        "DNNL_",
        "ONEDNN_",
        "TORCH",
        "PYTORCH_",
        "CUDA_",
        "GLIBC_TUNABLES",
        "DOTNET_Enable",
        "DOTNET_SYSTEM_GLOBALIZATION",
        "LANG",
        "LC_",
        "TZ",
    ];

    /// <param name="threads">Of libtorch in each chapter; null for its own choice.</param>
    public static IEnumerable<string> Lines(int? threads) =>
        [
            .. Runner(),
            $".NET {Environment.Version} {RuntimeInformation.RuntimeIdentifier}",
            $"{Environment.ProcessorCount} cores, {threads} threads",
            $"{RuntimeInformation.ProcessArchitecture} {Processor()} {(library::HiddenCaches.Here)}",
            .. SettingsIn(Environment.GetEnvironmentVariables()),
        ];

    /// <summary>The settings that change what is computed or how it is written, as <c>NAME=value</c>.</summary>
    internal static IEnumerable<string> SettingsIn(IDictionary environment) =>
        environment
            .Cast<DictionaryEntry>()
            .Select(v => (Name: $"{v.Key}", v.Value))
            .Where(v => Settings.Any(s => v.Name.StartsWith(s, StringComparison.Ordinal)))
            .OrderBy(v => v.Name, StringComparer.Ordinal)
            .Select(v => $"{v.Name}={v.Value}");

    private static IEnumerable<string> Runner()
    {
        var runner = typeof(Surroundings).Assembly;
        yield return $"{runner.ManifestModule.ModuleVersionId}";
        yield return $"{typeof(Microsoft.DotNet.Interactive.KernelInvocationContext).Module.ModuleVersionId}";
        // Every package that it was built with, libtorch too, with version and checksum.
        yield return Checksum.Of(Path.ChangeExtension(runner.Location, ".deps.json"));
    }

    /// <summary>Kind and abilities: libtorch computes differently on others. Known of x64 alone.</summary>
    private static string Processor()
    {
        if (!X86Base.IsSupported)
            return "";
        var (signature, _, features, _) = X86Base.CpuId(1, 0);
        var (_, more, evenMore, last) = X86Base.CpuId(7, 0);
        return string.Join(
            ' ',
            new[] { signature, features, more, evenMore, last }.Select(r => $"{r:x8}")
        );
    }
}
