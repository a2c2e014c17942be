#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>What one step of training came to.</summary>
/// <param name="Number">1, 2, … over all epochs.</param>
/// <param name="Epoch">1, 2, …</param>
/// <param name="Loss">On this step's batch; of the simple loss, 1 is a network that always says 0.</param>
/// <param name="RecentLoss">Mean of the last 100 losses, or of all so far where there are fewer.</param>
/// <param name="LearningRate">The rate that this step used.</param>
public sealed record TrainingStep(
    int Number,
    int Epoch,
    double Loss,
    double RecentLoss,
    double LearningRate
);

/// <summary>Teaches a network, step by step, with Adam (Kingma and Ba 2015).</summary>
/// <remarks>
/// Training is a sequence: read a step and it is done, stop reading and training stops; a further
/// <see cref="Run"/> goes on with the next step. All that decides how it goes on can be saved, and
/// a training that was interrupted and resumed ends bit for bit where one that was not ends.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private const int RecentSteps = 100;

    private readonly Module network;
    private readonly ITrainingObjective objective;
    private readonly TrainingRecipe recipe;
    private readonly Adam optimizer;
    private readonly Generator generator;
    private readonly Queue<double> recent = new();
    private readonly Stopwatch clock = new();
    private TimeSpan earlier;
    private int epoch;
    private long position; // images of this epoch that are done
    private Tensor? order; // of this epoch's images

    /// <summary>For a network that sees noise.</summary>
    /// <param name="network">Trained in place; its T must be the schedule's.</param>
    /// <param name="schedule">The forward process that makes the training pairs.</param>
    /// <param name="recipe">The article's where nothing is said.</param>
    /// <exception cref="ArgumentException">The recipe has a value outside of its range, or network and schedule differ in T.</exception>
    public Trainer(UNet network, NoiseSchedule schedule, TrainingRecipe? recipe = null)
        : this(
            network,
            new Denoising(network, schedule, (recipe ?? new TrainingRecipe()).Validated()),
            recipe
        ) { }

    /// <summary>For any network and objective.</summary>
    /// <param name="network">Trained in place.</param>
    /// <param name="objective">Disposed of with the trainer.</param>
    /// <param name="recipe">The article's where nothing is said.</param>
    /// <exception cref="ArgumentException">The recipe has a value outside of its range.</exception>
    public Trainer(Module network, ITrainingObjective objective, TrainingRecipe? recipe = null)
    {
        this.recipe = (recipe ?? new TrainingRecipe()).Validated();
        this.network = network;
        this.objective = objective;
        optimizer = new Adam(network);
        generator = new Generator((ulong)this.recipe.Seed);
        if (this.recipe.AverageDecay is double decay)
            Average = new WeightsAverage(network, decay);
    }

    /// <summary>Steps that are done.</summary>
    public int Step { get; private set; }

    /// <summary>Time that the steps took, over all sittings.</summary>
    public TimeSpan Elapsed => earlier + clock.Elapsed;

    /// <summary>The average of the weights, where the recipe asks for one.</summary>
    public WeightsAverage? Average { get; }

    /// <summary>Steps that an epoch over so many images takes.</summary>
    public int StepsPerEpoch(long images) => recipe.StepsPerEpoch(images);

    /// <summary>
    /// Trains to the end of the recipe's epochs; each step happens when it is read. Once they are
    /// done, a further call trains as many epochs again.
    /// </summary>
    /// <param name="images"><c>[N, C, H, W]</c>, [−1, 1].</param>
    /// <param name="labels">int64 <c>[N]</c>, where the network has classes.</param>
    /// <exception cref="ArgumentException">There are no images, or not one label for each.</exception>
    /// <exception cref="ArithmeticException">The loss is no longer a finite number: the rate is too high. The weights are those before that step.</exception>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed; the network keeps what it learnt.</exception>
    public IEnumerable<TrainingStep> Run(Tensor images, Tensor? labels = null)
    {
        if (images.dim() != 4 || images.shape[0] == 0)
            throw new ArgumentException(
                $"Training needs images of shape [N, C, H, W] with at least one of them, but got [{string.Join(", ", images.shape)}].",
                nameof(images)
            );
        if (
            labels is not null
            && (
                labels.dtype != ScalarType.Int64
                || labels.dim() != 1
                || labels.shape[0] != images.shape[0]
            )
        )
            throw new ArgumentException(
                $"Labels must be int64 of shape [{images.shape[0]}], one for each image, but are {labels.dtype} of shape [{string.Join(", ", labels.shape)}].",
                nameof(labels)
            );
        if (order is not null && order.shape[0] != images.shape[0])
            throw new ArgumentException(
                $"This training stopped in the middle of an epoch over {order.shape[0]} images, but now there are {images.shape[0]}: go on with the same ones.",
                nameof(images)
            );
        return Steps(images, labels);
    }

    /// <summary>
    /// The simple loss on given images with given noise: see <see cref="Denoising.Loss"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">This trainer teaches something else than denoising.</exception>
    public Tensor Loss(Tensor clean, Tensor timesteps, Tensor noise, Tensor? labels = null) =>
        objective is Denoising denoising
            ? denoising.Loss(clean, timesteps, noise, labels)
            : throw new InvalidOperationException(
                $"This trainer teaches {objective.Description}, which has no loss on noise."
            );

    /// <summary>Writes all that decides how the training goes on; the file appears whole or not at all.</summary>
    public void Save(string path)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["generator"] = generator.get_state(),
            ["recent"] = tensor(recent.ToArray(), dtype: ScalarType.Float64),
        };
        if (order is not null)
            tensors["order"] = order;
        foreach (var (name, weight) in network.state_dict())
            tensors["weights." + name] = weight;
        foreach (var (name, mean) in Average?.Weights ?? new Dictionary<string, Tensor>())
            tensors["average." + name] = mean;
        foreach (var (name, mean, square) in optimizer.Moments)
        {
            tensors["mean." + name] = mean;
            tensors["square." + name] = square;
        }
        string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
        var card = new Dictionary<string, string>
        {
            ["training"] = Identity,
            ["step"] = Text(Step),
            ["epoch"] = Text(epoch),
            ["position"] = Text(position),
            ["elapsed"] = Text(Elapsed.Ticks),
        };
        Weights.Save(tensors, card, path);
    }

    /// <summary>Takes the training to where <see cref="Save"/> was called.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">It belongs to another network, recipe or objective; nothing was changed.</exception>
    public void Resume(string path)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var (saved, card) = Weights.Read(path);
        if (card.GetValueOrDefault("training") is not string identity)
            throw new InvalidOperationException(
                $"'{path}' is no checkpoint of a training, but some other weights file."
            );
        if (identity != Identity)
            throw new InvalidOperationException(
                $"'{path}' is a checkpoint of another training: it was made by '{identity}', this one is '{Identity}'. Start in another folder, or delete it."
            );
        // All of it is looked up before any of it is changed.
        var targets = new List<(Tensor Target, Tensor Saved)>();
        void Take(string name, Tensor target)
        {
            if (!saved.TryGetValue(name, out var value) || !value.shape.SequenceEqual(target.shape))
                throw new InvalidDataException($"'{path}' has no fitting tensor '{name}'.");
            targets.Add((target, value));
        }
        foreach (var (name, weight) in network.state_dict())
            Take("weights." + name, weight);
        foreach (var (name, mean) in Average?.Weights ?? new Dictionary<string, Tensor>())
            Take("average." + name, mean);
        foreach (var (name, mean, square) in optimizer.Moments)
        {
            Take("mean." + name, mean);
            Take("square." + name, square);
        }
        long Number(string key) =>
            long.TryParse(card.GetValueOrDefault(key), CultureInfo.InvariantCulture, out var n)
                ? n
                : throw new InvalidDataException($"'{path}' does not say its {key}.");
        var (step, epochs, images, ticks) = (
            Number("step"),
            Number("epoch"),
            Number("position"),
            Number("elapsed")
        );
        if (
            !saved.TryGetValue("generator", out var chance)
            || !saved.TryGetValue("recent", out var losses)
        )
            throw new InvalidDataException($"'{path}' lacks the state of chance or of the losses.");

        generator.set_state(chance);
        foreach (var (target, value) in targets)
            target.copy_(value);
        (Step, epoch, position) = ((int)step, (int)epochs, images);
        order?.Dispose();
        (earlier, order) = (TimeSpan.FromTicks(ticks), null);
        clock.Reset();
        if (saved.TryGetValue("order", out var permutation))
            order = permutation.DetachFromDisposeScope();
        recent.Clear();
        foreach (var loss in losses.data<double>())
            recent.Enqueue(loss);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        generator.Dispose();
        objective.Dispose();
        Average?.Dispose();
        order?.Dispose();
    }

    /// <summary>What a checkpoint must agree with.</summary>
    private string Identity =>
        string.Create(CultureInfo.InvariantCulture, $"{objective.Description}; {recipe}");

    private IEnumerable<TrainingStep> Steps(Tensor images, Tensor? labels)
    {
        var count = images.shape[0];
        for (var last = (epoch / recipe.Epochs + 1) * recipe.Epochs; epoch < last; )
        {
            Host.ThrowIfStopped();
            order ??= randperm(count, generator: generator).DetachFromDisposeScope();
            var rate = recipe.RateAt(Step, StepsPerEpoch(count));
            var size = Math.Min(recipe.BatchSize, count - position);
            double loss;
            clock.Start();
            try
            {
                loss = Learn(images, labels, size, rate);
            }
            finally
            {
                clock.Stop();
            }
            recent.Enqueue(loss);
            if (recent.Count > RecentSteps)
                recent.Dequeue();
            var step = new TrainingStep(Step, epoch + 1, loss, recent.Average(), rate);
            position += size;
            if (position == count)
            {
                order.Dispose();
                (epoch, position, order) = (epoch + 1, 0, null);
            }
            yield return step;
        }
    }

    private double Learn(Tensor images, Tensor? labels, long size, double rate)
    {
        using var scope = NewDisposeScope();
        var batch = order!.narrow(0, position, size);
        network.train();
        network.zero_grad();
        var loss = objective
            .Backward(
                images.index_select(0, batch).to(Host.Device),
                labels?.index_select(0, batch).to(Host.Device),
                generator
            )
            .item<float>();
        var norm = float.IsFinite(loss)
            ? optimizer.Step(Step + 1, rate, recipe.LargestGradientNorm)
            : double.NaN;
        if (!double.IsFinite(norm))
            throw new ArithmeticException(
                $"At step {Step + 1} the loss is {loss}{(float.IsFinite(loss) ? ", with gradients that are no finite numbers" : "")}: training has diverged, so choose a rate below {rate}."
            );
        Step++;
        Average?.Update(Step);
        return loss;
    }
}
