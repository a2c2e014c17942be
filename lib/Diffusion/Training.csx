#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>How a network is trained. The defaults are the article's.</summary>
public sealed record TrainingRecipe
{
    /// <summary>How often every image is seen; at least 1.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Images a step; the last step of an epoch takes what is left.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Adam's rate in the first epoch; above 0.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>What the rate is multiplied by after each epoch, in (0, 1].</summary>
    public double RateDecay { get; init; } = 0.5;

    /// <summary>Order of the images, timesteps and noise all come from this.</summary>
    public long Seed { get; init; }

    /// <summary>Of the gradients; the fastest on this machine where nothing is said. Weights are kept in float32 either way.</summary>
    public Precision? Precision { get; init; }
}

/// <summary>What one step of training came to.</summary>
/// <param name="Number">1, 2, … over all epochs.</param>
/// <param name="Epoch">1, 2, …</param>
/// <param name="Loss">Mean squared error of the predicted noise on this step's batch; 1 for a network that always says 0.</param>
/// <param name="RecentLoss">Mean of the last 100 losses, or of all so far where there are fewer.</param>
/// <param name="LearningRate">The rate that this step used.</param>
public sealed record TrainingStep(
    int Number,
    int Epoch,
    double Loss,
    double RecentLoss,
    double LearningRate
);

/// <summary>
/// Teaches a network to see the noise in an image (DDPM, algorithm 1 with the simple loss, eq. 14).
/// </summary>
/// <remarks>
/// Training is a sequence: read a step and it is done, stop reading and training stops. The
/// optimiser's state belongs to the trainer, so a second <see cref="Run"/> goes on where the first stopped.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private const int RecentSteps = 100;

    private readonly UNet network;
    private readonly NoiseSchedule schedule;
    private readonly ForwardProcess forward;
    private readonly TrainingRecipe recipe;
    private readonly optim.Optimizer optimizer;
    private readonly Generator generator;
    private readonly CompiledTraining? compiled;
    private readonly Queue<double> recent = new();
    private int number;
    private int epoch;

    /// <param name="network">Trained in place; its T must be the schedule's.</param>
    /// <param name="schedule">The forward process that makes the training pairs.</param>
    /// <param name="recipe">The article's where nothing is said.</param>
    /// <exception cref="ArgumentException">The recipe has a value outside of its range, or network and schedule differ in T.</exception>
    public Trainer(UNet network, NoiseSchedule schedule, TrainingRecipe? recipe = null)
    {
        this.recipe = Validated(recipe ?? new TrainingRecipe());
        if (network.Config.Steps != schedule.Steps)
            throw new ArgumentException(
                $"The network was made for {network.Config.Steps} timesteps, the schedule has {schedule.Steps}: give both the same.",
                nameof(schedule)
            );
        this.network = network;
        this.schedule = schedule;
        forward = new ForwardProcess(schedule);
        optimizer = optim.Adam(network.parameters(), this.recipe.LearningRate);
        generator = new Generator((ulong)this.recipe.Seed);
        if (PrecisionChoice.Require(this.recipe.Precision, network.Device) == Precision.BFloat16)
            compiled = new CompiledTraining(network);
    }

    /// <summary>Steps that an epoch over so many images takes.</summary>
    public int StepsPerEpoch(long images) =>
        (int)((images + recipe.BatchSize - 1) / recipe.BatchSize);

    /// <summary>Trains for the recipe's epochs; each step happens when it is read.</summary>
    /// <param name="images"><c>[N, C, H, W]</c>, [−1, 1].</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    /// <exception cref="ArithmeticException">The loss is no longer a finite number: the rate is too high.</exception>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed; the network keeps what it learnt.</exception>
    public IEnumerable<TrainingStep> Run(Tensor images)
    {
        if (images.dim() != 4 || images.shape[0] == 0)
            throw new ArgumentException(
                $"Training needs images of shape [N, C, H, W] with at least one of them, but got [{string.Join(", ", images.shape)}].",
                nameof(images)
            );
        return Steps(images);
    }

    /// <summary>
    /// The loss on given images with given noise: the mean squared error of the predicted noise, in
    /// float32.
    /// </summary>
    /// <param name="clean">x₀, <c>[B, C, H, W]</c>.</param>
    /// <param name="timesteps">int64 <c>[B]</c>, 1 … T.</param>
    /// <param name="noise">ε, of the images' shape.</param>
    /// <returns>A single number with gradients.</returns>
    public Tensor Loss(Tensor clean, Tensor timesteps, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var noisy = forward.Diffuse(clean, timesteps, noise);
        var predicted = network.call(noisy, timesteps, null);
        return functional.mse_loss(predicted, noise).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        optimizer.Dispose();
        generator.Dispose();
        compiled?.Dispose();
    }

    private IEnumerable<TrainingStep> Steps(Tensor images)
    {
        for (var last = epoch + recipe.Epochs; epoch < last; epoch++)
        {
            var rate = recipe.LearningRate * Math.Pow(recipe.RateDecay, epoch);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate;

            using var order = randperm(images.shape[0], generator: generator)
                .DetachFromDisposeScope();
            for (long start = 0; start < images.shape[0]; start += recipe.BatchSize)
            {
                Host.ThrowIfStopped();
                network.train();
                var loss = Step(images, order, start);
                number++;
                if (!double.IsFinite(loss))
                    throw new ArithmeticException(
                        $"At step {number} the loss is {loss}: training has diverged, so choose a rate below {rate}."
                    );
                recent.Enqueue(loss);
                if (recent.Count > RecentSteps)
                    recent.Dequeue();
                yield return new TrainingStep(number, epoch + 1, loss, recent.Average(), rate);
            }
        }
    }

    private double Step(Tensor images, Tensor order, long start)
    {
        using var scope = NewDisposeScope();
        var count = Math.Min(recipe.BatchSize, images.shape[0] - start);
        var clean = images.index_select(0, order.narrow(0, start, count)).to(Host.Device);
        // Drawn on the CPU: a seed then means the same on every device.
        var timesteps = randint(
                1,
                schedule.Steps + 1,
                [count],
                dtype: ScalarType.Int64,
                generator: generator
            )
            .to(clean.device);
        var noise = randn(clean.shape, generator: generator).to(clean.device);

        optimizer.zero_grad();
        Tensor loss;
        if (compiled is null)
        {
            loss = Loss(clean, timesteps, noise);
            loss.backward();
        }
        else
        {
            var noisy = forward.Diffuse(clean, timesteps, noise);
            loss = compiled.Backward(noisy, timesteps, labels: null, target: noise);
        }
        optimizer.step();
        return loss.item<float>();
    }

    private static TrainingRecipe Validated(TrainingRecipe recipe)
    {
        if (recipe.Epochs < 1 || recipe.BatchSize < 1)
            throw new ArgumentException(
                $"A recipe of {recipe.Epochs} epochs with {recipe.BatchSize} images a step trains nothing: both must be at least 1.",
                nameof(recipe)
            );
        if (
            !(recipe.LearningRate > 0 && double.IsFinite(recipe.LearningRate))
            || !(recipe.RateDecay > 0 && recipe.RateDecay <= 1)
        )
            throw new ArgumentException(
                $"A learning rate of {recipe.LearningRate} that is multiplied by {recipe.RateDecay} after each epoch is out of range: the first must be above 0, the second in (0, 1].",
                nameof(recipe)
            );
        return recipe;
    }
}
