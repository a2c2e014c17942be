extern alias library;

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Notebooks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Measures the shipped models: the experiments behind the page of results.</summary>
internal static class EvaluateCommand
{
    /// <summary>Names of the groups of experiments.</summary>
    public static IEnumerable<string> Groups => library::Experiments.Groups.Keys;

    public static int Run(
        IReadOnlyList<string> groups,
        string only,
        bool again,
        string device,
        CancellationToken cancel
    )
    {
        if (groups.FirstOrDefault(g => !Groups.Contains(g)) is string unknown)
            throw new NotebookException(
                $"There is no group of experiments '{unknown}': choose from {string.Join(", ", Groups)}."
            );
        return LibraryWork.Run(device, () => Measure(groups, only, again, cancel));
    }

    private static int Measure(
        IReadOnlyList<string> groups,
        string only,
        bool again,
        CancellationToken cancel
    )
    {
        var folder = Directory.CreateDirectory(Path.Combine("data", "results")).FullName;
        var table = new library::ResultsTable(Path.Combine(folder, "quality.csv"));
        var samples = Path.Combine(Repository.Root, "work", "samples");
        var chosen = (groups.Count == 0 ? Groups : groups)
            .SelectMany(group => library::Experiments.Groups[group])
            .Where(experiment => experiment.Key.Contains(only, StringComparison.Ordinal))
            .Distinct()
            .ToArray();
        if (chosen.Length == 0)
            throw new NotebookException(
                $"No experiment of these groups has '{only}' in its name: leave --only out to see them all."
            );
        // A GPU's own choice would round convolutions to 10 significant bits.
        TorchSharp.torch.backends.cudnn.allow_tf32 = false;
        using var measure = library::QualityMeasure.Load();
        foreach (var experiment in chosen)
        {
            cancel.ThrowIfCancellationRequested();
            var result = again ? null : table.Of(experiment);
            // A model that was trained again since is another model.
            if (result is null || result.WeightsVersion != experiment.WeightsVersion())
            {
                if (again)
                    experiment.Forget(samples);
                table.Add(
                    result = experiment.Run(measure, samples, () => cancel.IsCancellationRequested)
                );
            }
            AnsiConsole.WriteLine(result.ToString());
        }
        return ExitCode.Success;
    }
}
