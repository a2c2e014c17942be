#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;

/// <summary>The experiments behind the page of results.</summary>
public static class Experiments
{
    /// <summary>Images of a row that is compared with others of its kind only.</summary>
    private const int Fewer = 2_000;

    /// <summary>Real images against real images: what no model can be expected to beat.</summary>
    public static IReadOnlyList<Experiment> Floors { get; } =
    [
        new()
        {
            Model = Experiment.Real,
            Count = 10_000,
            Teaches = true,
        },
        new() { Model = Experiment.Real, Count = Fewer },
    ];

    /// <summary>The models, each at the steps that the article takes and at fewer.</summary>
    public static IReadOnlyList<Experiment> Models { get; } =
    [
        new()
        {
            Model = "best",
            Solver = "dpm-solver++",
            Steps = 20,
            Teaches = true,
        },
        new() { Model = "best", Steps = 50 },
        new()
        {
            Model = "best",
            Solver = "dpm-solver++",
            Steps = 25,
            Power = 1.5,
            Scale = 1.5,
            Guide = "early",
            Teaches = true,
        },
        new()
        {
            Model = "best",
            Solver = "unipc",
            Steps = 20,
        },
        .. new[] { "unconditional", "conditional" }.Select(model => new Experiment
        {
            Model = model,
            Steps = 50,
            Precision = Precision.BFloat16,
        }),
    ];

    /// <summary>η against steps, as in DDIM (Song et al. 2021), table 1, and solvers of higher order.</summary>
    public static IReadOnlyList<Experiment> Samplers { get; } =
    [
        .. from steps in new[] { 10, 20, 50, 100 }
        from eta in new[] { 0, 0.2, 0.5, 1 }
        select new Experiment
        {
            Model = "best",
            Steps = steps,
            Eta = eta,
            Count = Fewer,
            // The long ones take half the time in bfloat16, which changes less than other noises do (Precisions).
            Precision = steps < 100 ? Precision.Float32 : Precision.BFloat16,
        },
        new()
        {
            Model = "best",
            Steps = 5,
            Count = Fewer,
        },
        .. new[] { 5, 10, 20, 50 }.Select(steps => new Experiment
        {
            Model = "best",
            Solver = "dpm-solver++",
            Steps = steps,
            Count = Fewer,
        }),
        .. new[] { 5, 10, 20 }.Select(steps => new Experiment
        {
            Model = "best",
            Solver = "unipc",
            Steps = steps,
            Count = Fewer,
        }),
    ];

    /// <summary>DDPM with all of its steps, beside what a tenth of them gives: fewer images, for they take their time.</summary>
    public static IReadOnlyList<Experiment> AllSteps { get; } =
    [
        new() { Model = Experiment.Real, Count = 1_000 },
        .. new[] { (Steps: 100, Eta: 0), (Steps: 100, Eta: 1), (Steps: 1000, Eta: 1) }.Select(
            way => new Experiment
            {
                Model = "best",
                Steps = way.Steps,
                Eta = way.Eta,
                Count = 1_000,
                Precision = Precision.BFloat16,
            }
        ),
    ];

    /// <summary>Guidance: how much nearer to the class, at which price.</summary>
    public static IReadOnlyList<Experiment> Guidance { get; } =
    [
        .. from model in new[] { "best", "conditional" }
        from scale in new[] { 1.0, 2, 3, 5, 8 }
        select new Experiment
        {
            Model = model,
            Scale = scale,
            Steps = 20,
            Count = Fewer,
            Precision = model == "best" ? Precision.Float32 : Precision.BFloat16,
        },
    ];

    /// <summary>What bfloat16 changes: the same images again in float32.</summary>
    public static IReadOnlyList<Experiment> Precisions { get; } =
    [
        .. from model in new[] { "unconditional", "best" }
        from precision in new[] { Precision.BFloat16, Precision.Float32 }
        select new Experiment
        {
            Model = model,
            Solver = "dpm-solver++",
            Steps = 20,
            Count = Fewer,
            Precision = precision,
        },
    ];

    /// <summary>The trials behind the best model's recipe.</summary>
    public static IReadOnlyList<Experiment> Ablated { get; } =
    [
        .. Ablations.All.Select(recipe => new Experiment
        {
            Model = recipe.Name,
            Solver = "dpm-solver++",
            Steps = 20,
            Count = Fewer,
            Precision = Precision.BFloat16,
        }),
    ];

    /// <summary>
    /// What the scale of the guided row in <see cref="Models"/> was chosen by: other noises than those
    /// that it is measured with.
    /// </summary>
    public static IReadOnlyList<Experiment> Scales { get; } =
    [
        .. new[] { 1.5, 2, 2.5 }.Select(scale => Chosen("dpm-solver++", 25, 1.5, scale)),
        Chosen("dpm-solver++", 10, 1.5, 2),
        .. new[] { 1.5, 2 }.Select(scale => Chosen("unipc", 10, 1.25, scale)),
        Chosen("dpm-solver++", 20, 1, 1) with
        {
            Guide = null,
        },
        .. new[] { (30, 350), (270, 660), (570, 1000) }.Select(interval =>
            Chosen("unipc", 14, 1.25, 2) with
            {
                Interval = interval,
                Precision = Precision.BFloat16,
            }
        ),
    ];

    /// <summary>Where twenty steps are best spent.</summary>
    public static IReadOnlyList<Experiment> Spacings { get; } =
    [
        .. from solver in new[] { "dpm-solver++", "unipc" }
        from power in new[] { 1, 1.25, 1.5, 2, 3 }
        select Chosen(solver, 20, power, 1) with
        {
            Guide = null,
            // The row of Scales again.
            Precision =
                solver == "dpm-solver++" && power == 1 ? Precision.Float32 : Precision.BFloat16,
        },
    ];

    private static Experiment Chosen(string solver, int steps, double power, double scale) =>
        new()
        {
            Model = "best",
            Solver = solver,
            Steps = steps,
            Power = power,
            Scale = scale,
            Guide = "early",
            Count = Fewer,
            Seed = 5_000_000,
        };

    /// <summary>All groups by name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Experiment>> Groups { get; } =
        new Dictionary<string, IReadOnlyList<Experiment>>
        {
            ["floors"] = Floors,
            ["models"] = Models,
            ["samplers"] = Samplers,
            ["all-steps"] = AllSteps,
            ["guidance"] = Guidance,
            ["scales"] = Scales,
            ["spacings"] = Spacings,
            ["precisions"] = Precisions,
            ["ablations"] = Ablated,
        };
}
