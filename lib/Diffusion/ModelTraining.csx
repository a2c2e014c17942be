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
/// weights with their card. What else is in there, and in whose way, see <see cref="TrainingFolder"/>.
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
    public string WeightsPath => Path.Combine(folder, WeightsName);

    private string WeightsName => $"{recipe.Name}.safetensors";

    /// <summary>Steps, losses and rates, as comma-separated values.</summary>
    public string LogPath => Path.Combine(folder, TrainingLog.Name);

    /// <summary>Trains until the recipe is done or the time is up.</summary>
    /// <param name="atMost">Time for this sitting; all that it takes where nothing is said.</param>
    /// <param name="cancelled">Asked after each step: true ends the sitting with a checkpoint.</param>
    /// <returns>Whether the model is finished, and its weights are written.</returns>
    /// <exception cref="ArithmeticException">Training diverged; the checkpoint is the one before.</exception>
    /// <exception cref="InvalidDataException">The folder holds something that no training wrote; nothing was changed.</exception>
    /// <exception cref="IOException">Another training is at work there.</exception>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed; a checkpoint was written.</exception>
    public bool Run(TimeSpan? atMost = null, Func<bool>? cancelled = null)
    {
        using var claim = TrainingFolder.Claim(folder, WeightsName);
        var files = claim.Files;
        var checkpoints = new Checkpoints(folder, files);
        using var data = FashionMnist.Train();
        using var images = data.Images.narrow(0, 0, recipe.Images);
        using var labels = data.Labels.narrow(0, 0, recipe.Images);
        using var network = recipe.MakeNetwork();
        using var trainer = recipe.MakeTrainer(network);
        if (checkpoints.Resume(trainer, report))
            report($"Goes on behind step {trainer.Step:n0} of {TotalSteps:n0}.");
        var log = new TrainingLog(folder, files, trainer.Step);

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
                    Picture(trainer, network, files);
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
        Finish(trainer, network, files);
        report($"Wrote {WeightsPath}.");
        return true;
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

    private void Picture(Trainer trainer, nn.Module network, OwnFiles files)
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
        try
        {
            files.Write(
                TrainingFolder.PictureName(trainer.Step),
                path => File.WriteAllBytes(path, png)
            );
        }
        catch (IOException e)
        {
            // No reason to lose a training.
            report($"No picture was written: {e.Message}");
        }
    }

    private void Finish(Trainer trainer, nn.Module network, OwnFiles files)
    {
        using var scope = NewDisposeScope();
        using var result = Result(trainer, network);
        var card = ModelCard.Of(recipe, trainer, result);
        files.Write(WeightsName, path => Weights.Save(result, card, path));
    }
}
