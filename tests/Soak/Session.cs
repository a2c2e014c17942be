using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Diffusion.Runner.Native;
using static TorchSharp.torch;

namespace Diffusion.Soak;

/// <summary>
/// A process that stays, as an open notebook does: for each line that it is sent it loads, draws, trains, saves and shows
/// once more, and says what it holds.
/// </summary>
internal static class Session
{
    // TorchSharp 0.107.0 counts the tensor of each parameter once too often: that many are no leak.
    private static long parameters;

    public static void Run()
    {
        TorchNative.Load();
        Host.Start();
        while (Console.In.ReadLine() is not null)
        {
            using (var scope = NewDisposeScope())
                Work();
            Console.Out.WriteLine(Held());
            Console.Out.Flush();
        }
    }

    private static void Work()
    {
        using var test = FashionMnist.Test();
        using var network = new UNet(new UNetConfig());
        parameters += network.parameters().Count();
        Weights.Load(network, Host.Find("data/weights/unconditional.safetensors"));
        var schedule = NoiseSchedule.Linear();
        var images = Sampler
            .Strided(schedule, 20, eta: 1, clip: true)
            .Sample(new Unconditional(network), [4, 1, 32, 32], seed: 1);
        if (!images.isfinite().all().item<bool>())
            throw new UnreachableException("Not all of the pictures are numbers.");
        _ = Figure.Grid(images).ToHtml();
        Train(test.Images[..128]);
    }

    private static void Train(Tensor images)
    {
        var recipe = ModelRecipe.Tiny;
        using var network = recipe.MakeNetwork();
        parameters += network.parameters().Count();
        using var trainer = recipe.MakeTrainer(network);
        foreach (var step in trainer.Run(images).Take(5)) { }
        var path = Path.Combine(Path.GetTempPath(), "soak.checkpoint");
        trainer.Save(path);
        trainer.Resume(path);
        File.Delete(path);
    }

    // What was open at the end of any round so far.
    private static readonly HashSet<string> opened = [];

    /// <summary>Says on the error stream which files are open that were not before: where a count rises, one wants to know of what.</summary>
    private static void NameNewFiles()
    {
        var now = Directory
            .GetFiles("/proc/self/fd")
            .Select(f => $"{Path.GetFileName(f)} -> {new FileInfo(f).LinkTarget}")
            .ToArray();
        var news = now.Where(opened.Add).ToArray();
        if (news.Length < now.Length)
            foreach (var file in news)
                Console.Error.WriteLine($"newly open: {file}");
    }

    private static string Held()
    {
        NameNewFiles();
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        using var self = Process.GetCurrentProcess();
        long[] numbers =
        [
            self.WorkingSet64,
            managed,
            Tensor.TotalCount - parameters,
            Directory.GetFiles("/proc/self/fd").Length,
            self.Threads.Count,
        ];
        return string.Join(' ', numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
    }
}
