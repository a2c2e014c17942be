using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Diffusion.Benchmarks.Reports;

/// <summary>Where and when a table was measured.</summary>
internal static class Machine
{
    // Instructions that a convolution's speed hangs on, as /proc/cpuinfo spells them.
    private static readonly string[] Instructions = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];

    /// <summary>One sentence: date, processor, versions, and how busy the machine was before.</summary>
    public static string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Measured on {DateTime.UtcNow:yyyy-MM-dd} on {Processor()}, {Environment.ProcessorCount} cores{Load()}; {torch.get_num_threads()} threads, TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, libtorch {torch.__version__}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}."
        );

    private static string Processor()
    {
        if (!File.Exists("/proc/cpuinfo"))
            return $"a processor of type {RuntimeInformation.ProcessArchitecture}";
        var lines = File.ReadAllLines("/proc/cpuinfo");
        var flags = Value(lines, "flags").Split(' ').ToHashSet();
        var known = Instructions.Where(flags.Contains).ToArray();
        return $"{Value(lines, "model name")} ({string.Join(", ", known)})";
    }

    private static string Value(IEnumerable<string> lines, string name) =>
        lines
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
            .FirstOrDefault("unknown");

    private static string Load() =>
        File.Exists("/proc/loadavg")
            ? $", load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before"
            : "";
}
