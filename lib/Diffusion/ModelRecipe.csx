#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>How one of the models in <c>data/weights</c> is made.</summary>
public sealed record ModelRecipe
{
    /// <summary>What the command <c>train</c> and the weights file call it.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Optimiser, rate, epochs, seed.</summary>
    public required TrainingRecipe Training { get; init; }

    /// <summary>The noise that it learns with; null for a classifier of clean images.</summary>
    public NoiseSchedule? Schedule { get; init; }

    /// <summary>The U-Net's shape; null for a classifier.</summary>
    public UNetConfig? Network { get; init; }

    /// <summary>How many of the 60,000 training images are used, from the first on.</summary>
    public int Images { get; init; } = 60_000;

    /// <summary>The two models of the article, its shortened training included.</summary>
    public static ModelRecipe Unconditional { get; } =
        new()
        {
            Name = "unconditional",
            Description = "the article's U-Net without classes",
            Schedule = NoiseSchedule.Linear(),
            Network = new UNetConfig(),
            Training = new TrainingRecipe(),
        };

    /// <inheritdoc cref="Unconditional"/>
    public static ModelRecipe Conditional { get; } =
        Unconditional with
        {
            Name = "conditional",
            Description = "the article's U-Net with ten classes and a null label",
            Network = new UNetConfig { Classes = 11 },
            Training = new TrainingRecipe { LabelDropping = 0.2 },
        };

    /// <summary>The project's own.</summary>
    public static ModelRecipe Best { get; } =
        new()
        {
            Name = "best",
            Description =
                "a U-Net with classes that predicts the velocity, on the cosine schedule, with SiLU",
            Schedule = NoiseSchedule.Cosine(),
            Network = new UNetConfig
            {
                Classes = 11,
                Activation = Activation.SiLU,
                Prediction = Prediction.Velocity,
                StartsAtZero = true,
            },
            Training = new TrainingRecipe
            {
                Epochs = 72,
                BatchSize = 1024,
                LearningRate = 2e-3,
                CosineRate = true,
                WarmUpSteps = 400,
                LargestGradientNorm = 1,
                AverageDecay = 0.999,
                LabelDropping = 0.1,
            },
        };

    /// <summary>
    /// The network of <see cref="Best"/>, trained shorter: what <see cref="Autoguidance"/> goes away from.
    /// </summary>
    public static ModelRecipe Early { get; } =
        Best with
        {
            Name = "early",
            Description =
                "the best model's network, trained shorter: what autoguidance goes away from",
            Training = Best.Training with
            {
                Epochs = 7,
                BatchSize = 128,
                LearningRate = 1e-3,
                WarmUpSteps = 200,
            },
        };

    /// <summary>Its features are what the project's metrics are measured in.</summary>
    public static ModelRecipe Classifier { get; } =
        new()
        {
            Name = "classifier",
            Description = "a classifier of clean images, whose features are the metric",
            Training = new TrainingRecipe
            {
                Epochs = 14,
                LearningRate = 2e-3,
                CosineRate = true,
                WarmUpSteps = 100,
                AverageDecay = 0.998,
            },
        };

    /// <summary>For classifier guidance of the article's models.</summary>
    public static ModelRecipe NoisyClassifier { get; } =
        Classifier with
        {
            Name = "noisy-classifier",
            Description = "a classifier that knows the noise level, for classifier guidance",
            Schedule = NoiseSchedule.Linear(),
            Training = Classifier.Training with { Epochs = 6 },
        };

    /// <summary>To try the command: a network that fits in a minute, and draws nothing worth seeing.</summary>
    public static ModelRecipe Tiny { get; } =
        new()
        {
            Name = "tiny",
            Description = "a network a hundredth as large, to try training in less than a minute",
            Schedule = NoiseSchedule.Linear(),
            Network = new UNetConfig { Channels = [8, 16], NormGroups = 4 },
            Images = 960,
            Training = new TrainingRecipe
            {
                Epochs = 3,
                BatchSize = 32,
                AverageDecay = 0.99,
            },
        };

    /// <summary>All of them; see <see cref="Ablations"/> for the trials behind <see cref="Best"/>.</summary>
    public static IReadOnlyList<ModelRecipe> All { get; } =
    [Unconditional, Conditional, Best, Early, Classifier, NoisyClassifier, Tiny];

    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public static ModelRecipe Named(string name) =>
        All.Concat(Ablations.All).FirstOrDefault(r => r.Name == name)
        ?? throw new ArgumentException(
            $"There is no recipe '{name}': choose one of {string.Join(", ", All.Select(r => r.Name))}."
        );

    /// <summary>A network with starting weights.</summary>
    public nn.Module MakeNetwork() =>
        Network is null
            ? new Classifier(steps: Schedule?.Steps, seed: Training.Seed)
            : new UNet(Network, Training.Seed);

    /// <summary>A trainer for it.</summary>
    /// <param name="network">From <see cref="MakeNetwork"/>.</param>
    public Trainer MakeTrainer(nn.Module network) =>
        network is Classifier classifier
            ? new Trainer(classifier, new Classification(classifier, Schedule), Training)
            : new Trainer((UNet)network, Schedule!, Training);

    /// <summary>Whether training sees the labels.</summary>
    public bool UsesLabels => Network is null || Network.Classes is not null;

    public override string ToString() => $"{Name}: {Description}";
}
