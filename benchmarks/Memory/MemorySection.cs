using System;
using System.Globalization;
using Diffusion.Benchmarks.Commands;
using Diffusion.Benchmarks.Reports;

namespace Diffusion.Benchmarks.Memory;

/// <summary>The table of what memory long sampling and long training take.</summary>
internal static class MemorySection
{
    private const string About =
        "A process of its own samples ten images by DDPM, then trains with 128 images a step, both in the library's own choice "
        + "of number format. Resident memory is native and managed memory together.";

    public static void AddTo(Report report, int samplingSteps, int trainingSteps)
    {
        Console.Error.WriteLine(
            $"memory over {samplingSteps} sampling steps and {trainingSteps} training steps"
        );
        var table = new MarkdownTable(
            "moment",
            "resident",
            "most so far",
            "managed heap",
            "live tensors"
        );
        var lines = ChildProcess.Run(
            ChildCommands.Memory,
            samplingSteps.ToString(CultureInfo.InvariantCulture),
            trainingSteps.ToString(CultureInfo.InvariantCulture)
        );
        foreach (var line in lines)
        {
            var memory = ResidentMemory.FromLine(line);
            table.Add(
                memory.Moment,
                Units.Megabytes(memory.Resident),
                Units.Megabytes(memory.Peak),
                Units.Megabytes(memory.Managed),
                memory.Tensors.ToString(CultureInfo.InvariantCulture)
            );
        }
        report.Add("Memory over many steps", About, table);
    }
}
