#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Makes one of the project's models, in one sitting or many: each goes on from the last checkpoint.
/// </summary>
/// <remarks>
/// In its folder: checkpoints, <c>log.csv</c>, <c>samples-….png</c> as it goes, and at the end the
/// weights with their card.
/// </remarks>
public sealed class ModelTraining
{
    private const int StepsPerLogLine = 10;
    private const int StepsPerPicture = 500;

    private readonly ModelRecipe recipe;
    private readonly string folder;
    private readonly Action<string> report;

    /// <param name="recipe">What is made.</param>
    /// <param name="folder">Where everything goes; made where it is missing.</param>
    /// <param name="report">Is told what happens, in sentences.</param>
    public ModelTraining(ModelRecipe recipe, string folder, Action<string>? report = null)
    {
        (this.recipe, this.folder) = (recipe, folder);
        this.report = report ?? (_ => { });
    }

    /// <summary>Between two checkpoints; they are written at the end of a sitting too.</summary>
    public int StepsPerCheckpoint { get; init; } = 200;

    /// <summary>Steps of the whole recipe.</summary>
    public int TotalSteps => recipe.Training.TotalSteps(recipe.Images);

    /// <summary>The finished model's file.</summary>
    public string WeightsPath => Path.Combine(folder, $"{recipe.Name}.safetensors");

    /// <summary>Steps, losses and rates, as comma-separated values.</summary>
    public string LogPath => Path.Combine(folder, "log.csv");

    /// <summary>Trains until the recipe is done or the time is up.</summary>
    /// <param name="atMost">Time for this sitting; all that it takes where nothing is said.</param>
    /// <param name="cancelled">Asked after each step: true ends the sitting with a checkpoint.</param>
    /// <returns>Whether the model is finished, and its weights are written.</returns>
    /// <exception cref="ArithmeticException">Training diverged; the checkpoint is the one before.</exception>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed; a checkpoint was written.</exception>
    public bool Run(TimeSpan? atMost = null, Func<bool>? cancelled = null)
    {
        using var hold = Hold();
        // Left behind by a kill.
        foreach (var unfinished in Directory.EnumerateFiles(folder, "*.tmp"))
            File.Delete(unfinished);
        var checkpoints = new Checkpoints(folder);
        using var data = FashionMnist.Train();
        using var images = data.Images.narrow(0, 0, recipe.Images);
        using var labels = data.Labels.narrow(0, 0, recipe.Images);
        using var network = recipe.MakeNetwork();
        using var trainer = recipe.MakeTrainer(network);
        if (checkpoints.Resume(trainer, report))
            report($"Goes on behind step {trainer.Step:n0} of {TotalSteps:n0}.");
        var log = new TrainingLog(LogPath, trainer.Step);

        var clock = Stopwatch.StartNew();
        var begun = trainer.Step;
        var saved = trainer.Step;
        try
        {
            var watched = Progress.Over(
                Rest(trainer, images, labels),
                TotalSteps - begun,
                $"Training {recipe.Name}",
                s => Note(s, (s.Number - begun) / clock.Elapsed.TotalSeconds),
                s => s.RecentLoss
            );
            foreach (var step in watched)
            {
                if (step.Number % StepsPerLogLine == 0)
                    log.Add(step);
                if (step.Number % StepsPerCheckpoint == 0)
                {
                    checkpoints.Save(trainer);
                    saved = trainer.Step;
                }
                if (step.Number % StepsPerPicture == 0)
                    Picture(trainer, network);
                if (clock.Elapsed > atMost || cancelled?.Invoke() == true)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            checkpoints.Save(trainer);
            throw;
        }
        if (trainer.Step > saved)
            checkpoints.Save(trainer);
        if (trainer.Step < TotalSteps)
        {
            report(
                $"Stopped behind step {trainer.Step:n0} of {TotalSteps:n0}; the same command goes on from there."
            );
            return false;
        }
        Finish(trainer, network);
        report($"Wrote {WeightsPath}.");
        return true;
    }

    /// <summary>Keeps others out of the folder: two trainings would delete each other's checkpoints.</summary>
    /// <exception cref="IOException">Another training is at work there.</exception>
    private FileStream Hold()
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(
                Path.Combine(folder, "training.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException e)
        {
            throw new IOException(
                $"Another training is at work in '{folder}', or the folder cannot be written: wait for it, or name another folder.",
                e
            );
        }
    }

    private IEnumerable<TrainingStep> Rest(Trainer trainer, Tensor images, Tensor labels) =>
        trainer.Step < TotalSteps ? trainer.Run(images, recipe.UsesLabels ? labels : null) : [];

    private string Note(TrainingStep step, double stepsPerSecond) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {step.Epoch} of {recipe.Training.Epochs}, loss {step.RecentLoss:f4}, {stepsPerSecond * recipe.Training.BatchSize:f0} images a second"
        );

    /// <summary>The trained weights, or their average where there is one, in a network of their own.</summary>
    private nn.Module Result(Trainer trainer, nn.Module network)
    {
        var result = recipe.MakeNetwork();
        if (trainer.Average is not null)
            trainer.Average.CopyTo(result);
        else
            foreach (var (name, weight) in network.state_dict())
                using (no_grad())
                    result.state_dict()[name].copy_(weight);
        return result;
    }

    private void Picture(Trainer trainer, nn.Module network)
    {
        if (recipe.Network is null)
            return;
        using var scope = NewDisposeScope();
        using var drawn = (UNet)Result(trainer, network);
        var images = Sampler
            .Ddim(recipe.Schedule!, steps: 20, clip: true)
            .Sample(ModelSamples.Predictor(drawn, recipe.Schedule!, 20), [20, 1, 32, 32], seed: 0);
        var layout = GridLayout.Of(images, columns: 10, labelled: false);
        var png = PngWriter.Encode(Images.Stitch(images, layout), layout.Width, layout.Height);
        Write(
            Path.Combine(
                folder,
                $"samples-{trainer.Step.ToString("d6", CultureInfo.InvariantCulture)}.png"
            ),
            png
        );
    }

    /// <summary>A picture that cannot be written is no reason to lose a training.</summary>
    private void Write(string path, byte[] content)
    {
        try
        {
            File.WriteAllBytes(path, content);
        }
        catch (IOException e)
        {
            report($"No picture was written: {e.Message}");
        }
    }

    private void Finish(Trainer trainer, nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var result = Result(trainer, network);
        Weights.Save(result, ModelCard.Of(recipe, trainer, result), WeightsPath);
    }
}

/// <summary>A training's steps as comma-separated values: step, epoch, mean loss, rate.</summary>
/// <remarks>A line is written at once, so that a kill loses none; lines behind the checkpoint are taken back.</remarks>
public sealed class TrainingLog
{
    private const string Header = "step,epoch,loss,mean of the last 100,rate";

    private readonly string path;

    /// <param name="path">Written on where it is there.</param>
    /// <param name="step">Lines of later steps are removed.</param>
    public TrainingLog(string path, int step)
    {
        this.path = path;
        var kept = File.Exists(path)
            ? File.ReadLines(path)
                .Skip(1)
                .Where(line =>
                    int.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out var number)
                    && number <= step
                    && line.Split(',').Length == 5
                )
                .ToArray()
            : [];
        WholeFile.Write(path, unfinished => File.WriteAllLines(unfinished, [Header, .. kept]));
    }

    public void Add(TrainingStep step) =>
        File.AppendAllText(
            path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{step.Number},{step.Epoch},{step.Loss:g6},{step.RecentLoss:g6},{step.LearningRate:g6}\n"
            )
        );
}
