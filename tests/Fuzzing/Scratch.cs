using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using static TorchSharp.torch;

namespace Diffusion.Fuzzing;

/// <summary>A folder for what readers take from disk, and small real files of kinds of which the repository has only large ones.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fuzzing-").FullName;

    public string Write(byte[] file)
    {
        var path = Path.Combine(folder, "damaged");
        File.WriteAllBytes(path, file);
        return path;
    }

    /// <summary>A card, and tensors of several types and shapes, none of them large.</summary>
    public byte[] SmallWeights()
    {
        var path = Path.Combine(folder, "weights");
        Weights.Save(
            new Dictionary<string, Tensor>
            {
                ["conv.weight"] = randn(4, 2, 3, 3),
                ["count"] = tensor(4L),
                ["on"] = tensor(true),
                ["empty"] = zeros([3, 0], dtype: ScalarType.BFloat16),
            },
            new Dictionary<string, string> { ["model"] = "a small one", ["licence"] = "MIT" },
            path
        );
        return File.ReadAllBytes(path);
    }

    /// <summary>A checkpoint of a training of few weights, after two steps.</summary>
    public (ModelRecipe Recipe, byte[] File) SmallCheckpoint()
    {
        var recipe = ModelRecipe.Tiny with
        {
            Network = new UNetConfig { Channels = [4], NormGroups = 2 },
            Training = ModelRecipe.Tiny.Training with { BatchSize = 2 },
        };
        using var network = recipe.MakeNetwork();
        using var trainer = recipe.MakeTrainer(network);
        using var test = FashionMnist.Test();
        foreach (var step in trainer.Run(test.Images[..8]).Take(2)) { }
        var path = Path.Combine(folder, "checkpoint");
        trainer.Save(path);
        return (recipe, File.ReadAllBytes(path));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
