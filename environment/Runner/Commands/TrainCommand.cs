extern alias library;

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Makes one of the models that the repository ships.</summary>
internal static class TrainCommand
{
    /// <summary>Names of the recipes.</summary>
    public static IEnumerable<string> Models => library::ModelRecipe.All.Select(r => r.Name);

    public static int Run(
        string model,
        double? minutes,
        string? output,
        int every,
        string device,
        CancellationToken cancel
    )
    {
        if (!(minutes is null or (> 0 and < 1e6)))
            throw new NotebookException(
                $"A sitting cannot last {minutes} minutes: --minutes must be above 0, and below a million."
            );
        if (every < 1)
            throw new NotebookException(
                $"A checkpoint every {every} steps cannot be: --every must be 1 or more."
            );
        output = OutputFolder.Of(
            output ?? Path.Combine(Repository.Root, "work", "training", model)
        );
        return LibraryWork.Run(device, () => Train(model, minutes, output, every, cancel));
    }

    private static int Train(
        string model,
        double? minutes,
        string output,
        int every,
        CancellationToken cancel
    )
    {
        try
        {
            var training = new library::ModelTraining(
                library::ModelRecipe.Named(model),
                output,
                text => AnsiConsole.MarkupLineInterpolated($"{text}")
            )
            {
                StepsPerCheckpoint = every,
            };
            var done = training.Run(
                minutes is double m ? TimeSpan.FromMinutes(m) : null,
                () => cancel.IsCancellationRequested
            );
            return done || !cancel.IsCancellationRequested ? ExitCode.Success : ExitCode.Cancelled;
        }
        catch (ArithmeticException e)
        {
            Terminal.Complain($"{e.Message}");
            return ExitCode.Failure;
        }
    }
}
