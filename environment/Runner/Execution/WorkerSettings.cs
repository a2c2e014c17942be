using System.Collections.Generic;

namespace Diffusion.Runner.Execution;

/// <summary>Environment variables that notebooks run better with; the reader's own settings win.</summary>
/// <remarks>
/// The library's NativeSettings says the same to other hosts. Here it would come too late: libtorch is
/// loaded while the notebook is compiled, before a cell can call anything.
/// </remarks>
internal static class WorkerSettings
{
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string>
        {
            // glibc gives each large tensor its own mmap and hands it back at once; at a batch of 100
            // images that costs 1.5 to 2.5 times the time.
            ["MALLOC_MMAP_MAX_"] = "0",
            ["MALLOC_TRIM_THRESHOLD_"] = "4294967296",
            // The cells' thread would have an arena of its own, which ends at 64 MB.
            ["MALLOC_ARENA_MAX"] = "1",
            // OpenMP's threads spin while they wait for each other. Where another program needs a core,
            // cells then take 5 to 80 times as long; a short spin costs nothing measurable on an idle
            // machine (benchmarks/README.md).
            ["GOMP_SPINCOUNT"] = "2000",
            // Cells are compiled unoptimised and the compiler runs for seconds: gathering profiles of it
            // costs a tenth of the time to the first cell and gives nothing back.
            ["DOTNET_TieredPGO"] = "0",
        };
}
