#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>What a weights file says of itself.</summary>
public static class ModelCard
{
    private const int TestImages = 256;
    private const long TestSeed = 123;

    /// <param name="recipe">What was made.</param>
    /// <param name="trainer">At the end of its training.</param>
    /// <param name="result">The network whose weights are written.</param>
    public static Dictionary<string, string> Of(
        ModelRecipe recipe,
        Trainer trainer,
        nn.Module result
    )
    {
        var training = recipe.Training;
        var card = new Dictionary<string, string>
        {
            ["model"] = recipe.Description,
            ["parameters"] = Text(result.parameters().Sum(p => p.numel())),
            ["data"] =
                $"Fashion-MNIST (Zalando SE, MIT licence), the first {Text(recipe.Images)} training images, padded to 32x32",
            ["recipe"] = training.ToString(),
            ["weights"] = training.AverageDecay is double decay
                ? $"running average with decay {Text(decay)}"
                : "as the last step left them",
            ["seed"] = Text(training.Seed),
            ["steps"] = Text(trainer.Step),
            ["epochs"] = Text(training.Epochs),
            ["hours"] = trainer.Elapsed.TotalHours.ToString("f2", CultureInfo.InvariantCulture),
            ["machine"] = Machine(),
            ["library"] =
                $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, libtorch {torch.__version__}",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["commit"] = Commit(),
            ["licence"] = "MIT",
        };
        if (recipe.Network is not null)
            card["network"] =
                $"channels {string.Join(", ", recipe.Network.Channels)}; {recipe.Network.Activation}; predicts {recipe.Network.Prediction}; {(recipe.Network.Classes is int n ? $"{n} labels" : "no classes")}";
        if (recipe.Schedule is not null)
            card["schedule"] = recipe.Schedule.ToString();
        foreach (var (name, value) in Quality(recipe, result))
            card[name] = value;
        return card;
    }

    /// <summary>Measured on images that training did not see.</summary>
    private static IEnumerable<(string Name, string Value)> Quality(
        ModelRecipe recipe,
        nn.Module result
    )
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var test = FashionMnist.Test();
        result.eval();
        if (result is Classifier { Steps: null } classifier)
        {
            yield return (
                "accuracy on the 10,000 test images",
                Rounded(classifier.Accuracy(test.Images, test.Labels))
            );
            yield break;
        }
        using var generator = new Generator((ulong)TestSeed);
        var timesteps = randint(
                1,
                recipe.Schedule!.Steps + 1,
                [TestImages],
                dtype: ScalarType.Int64,
                generator: generator
            )
            .to(Host.Device);
        var images = test.Images[..TestImages].to(Host.Device);
        var labels = test.Labels[..TestImages].to(Host.Device);
        var noise = randn(images.shape, generator: generator).to(Host.Device);
        var what =
            $"on the first {TestImages} test images, timesteps and noise from seed {TestSeed}";
        if (result is Classifier noisy)
        {
            var seen = new ForwardProcess(recipe.Schedule).Diffuse(images, timesteps, noise);
            var said = noisy.call(seen, timesteps).argmax(1);
            yield return ($"accuracy {what}", Rounded(Classifier.Share(said, labels)));
            yield break;
        }
        var network = (UNet)result;
        using var objective = new Denoising(
            network,
            recipe.Schedule,
            new TrainingRecipe { Precision = Precision.Float32 }
        );
        yield return (
            $"loss {what}",
            Rounded(
                objective
                    .Loss(images, timesteps, noise, network.Config.Classes is null ? null : labels)
                    .item<float>()
            )
        );
    }

    private static string Text(IFormattable number) =>
        number.ToString(null, CultureInfo.InvariantCulture);

    private static string Rounded(double number) =>
        number.ToString("f4", CultureInfo.InvariantCulture);

    private static string Machine()
    {
        const string Processors = "/proc/cpuinfo";
        var name = File.Exists(Processors)
            ? File.ReadLines(Processors)
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':')[^1]
                .Trim()
            : null;
        return Host.Device.type == DeviceType.CPU
            ? $"{name ?? RuntimeInformation.ProcessArchitecture.ToString()}, {get_num_threads()} threads"
            : $"{Gpu() ?? "unknown"}, {Host.Device.type}";
    }

    /// <summary>As NVIDIA's driver for Linux says it; null where there is none.</summary>
    private static string? Gpu()
    {
        const string Driver = "/proc/driver/nvidia/gpus";
        return Directory.Exists(Driver)
            ? Directory
                .EnumerateFiles(Driver, "information", SearchOption.AllDirectories)
                .SelectMany(File.ReadLines)
                .FirstOrDefault(l => l.StartsWith("Model:", StringComparison.Ordinal))
                ?.Split(':')[^1]
                .Trim()
            : null;
    }

    /// <summary>The repository's state, as git says it.</summary>
    private static string Commit()
    {
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", "describe --always --dirty --abbrev=12")
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var said = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return said == "" ? "unknown" : said;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown: git is not installed";
        }
    }
}
