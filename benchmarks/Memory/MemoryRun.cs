using System;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Works;
using TorchSharp;

namespace Diffusion.Benchmarks.Memory;

/// <summary>
/// Samples and trains for long and says what memory that takes; in a process of its own, where
/// nothing else has been.
/// </summary>
internal static class MemoryRun
{
    // By then buffers and programs are made; from then on memory must not grow.
    private const int WarmUpSteps = 20;
    private const int Images = 10;

    /// <param name="samplingSteps">Of ten images, by DDPM.</param>
    /// <param name="trainingSteps">Of 128 images.</param>
    public static void Run(int samplingSteps, int trainingSteps)
    {
        var networks = new Networks();
        Say("with a network loaded");
        Watch("sampling", new SamplingWork(networks).Step(Images, Networks.Default), samplingSteps);
        using var data = FashionMnist.Train();
        Say("with 60,000 images loaded");
        Watch("training", TrainingWork.Step(data, Networks.Default), trainingSteps);
    }

    private static void Watch(string name, Work step, int steps)
    {
        for (var number = 1; number <= steps; number++)
        {
            step.Run();
            if (number == WarmUpSteps || number == steps / 2 || number == steps)
                Say($"after {number} {name} steps");
        }
    }

    private static void Say(string moment) =>
        Console.WriteLine(ResidentMemory.Now(moment).ToLine());
}
