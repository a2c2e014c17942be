using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Diffusion.Faults;
using Diffusion.Fuzzing;
using Diffusion.Runner.Native;
using Diffusion.Runner.Notebooks;
using static TorchSharp.torch;

// How many damaged files each reader gets: dotnet run --project tests/Fuzzing -c Release -- 100000
var count = new Argument<int>("count")
{
    Description = "Damaged files for each reader.",
    DefaultValueFactory = _ => 100_000,
};
var only = new Option<string?>("--reader")
{
    HelpName = "name",
    Description = "Only this reader; the table's other rows stay.",
};
var list = new Option<bool>("--list") { Description = "Say which readers there are." };
var table = new Option<string?>("--results") { HelpName = "file", Description = "The table." };
var root = new RootCommand("Damages files and looks at what readers make of them.")
{
    count,
    only,
    list,
    table,
};
root.SetAction(parsed =>
    Run(
        parsed.GetValue(count),
        parsed.GetValue(only),
        parsed.GetValue(list),
        parsed.GetValue(table)
    )
);
return root.Parse(args).Invoke();

static int Run(int count, string? only, bool list, string? table)
{
    TorchNative.Load();
    Host.Start();
    using var scratch = new Scratch();

    var labels = File.ReadAllBytes(Host.Find("data/fashion-mnist/t10k-labels-idx1-ubyte.gz"));
    var truth = Idx.Decode(labels, [10_000], "labels");
    var notebook = Host.Find("notebooks/C-notation.dib");
    var sprite = Directory.GetFiles(Host.Find("data/sprites"), "*.sprite").Order().First();
    var quality = Host.Find("data/results/quality.csv");
    var weights = scratch.SmallWeights();
    var (recipe, checkpoint) = scratch.SmallCheckpoint();
    using var network = recipe.MakeNetwork();
    using var trainer = recipe.MakeTrainer(network);

    Reader[] readers =
    [
        new(
            "IDX in gzip",
            labels,
            // Whatever gzip's own checksum lets through is what was packed.
            file =>
                Reads<InvalidDataException>(() =>
                    Require(Idx.Decode(file, [10_000], "x").SequenceEqual(truth))
                )
        ),
        new(
            "safetensors",
            weights,
            file =>
                Reads<InvalidDataException>(() =>
                    Require(
                        Weights.Decode(file, "x").Tensors.Values.Sum(t => t.bytes.Length)
                            < file.Length
                    )
                )
        ),
        new(
            "checkpoint",
            checkpoint,
            // A refused one leaves the trainer as it was, so one trainer serves all.
            file =>
            {
                try
                {
                    return Reads<InvalidDataException>(() =>
                    {
                        trainer.Resume(scratch.Write(file));
                        Require(trainer.Step == 2);
                    });
                }
                catch (InvalidOperationException)
                {
                    return false; // as documented: it would be another training's
                }
            }
        ),
        new(
            "`.dib`",
            File.ReadAllBytes(notebook),
            // Every text is a notebook; what was read is written and read again.
            file =>
                Reads<NotebookException>(() =>
                {
                    var read = DibDocument.Parse(Encoding.UTF8.GetString(file));
                    var again = DibDocument.Parse(read.ToString());
                    Require(
                        again
                            .Cells.Select(c => (c.Kind, c.Source))
                            .SequenceEqual(read.Cells.Select(c => (c.Kind, c.Source)))
                    );
                })
        ),
        new(
            "sprite",
            File.ReadAllBytes(sprite),
            file =>
                Reads<FormatException>(() =>
                {
                    var picture = Sprites.Parse(Encoding.UTF8.GetString(file));
                    Require(picture.abs().max().item<float>() <= 1);
                })
        ),
        new(
            "results (CSV)",
            File.ReadAllBytes(quality),
            file =>
                Reads<InvalidDataException>(() =>
                    Require(new ResultsTable(scratch.Write(file)).Results is not null)
                )
        ),
    ];

    if (list)
    {
        foreach (var reader in readers)
            Console.WriteLine(reader.Name);
        return 0;
    }
    var chosen = readers.Where(r => only is null || r.Name == only).ToArray();
    if (chosen.Length == 0)
    {
        Console.Error.WriteLine($"There is no reader '{only}': --list says which there are.");
        return 2;
    }
    var results = new KeptTable(
        table
            ?? Path.Combine(
                Path.GetDirectoryName(Host.Find("Diffusion.slnx"))!,
                "tests",
                "Fuzzing",
                "results.md"
            ),
        [.. readers.Select(r => r.Name)],
        $"""
        # Damaged files

        Each reader read many damaged copies of a real file: bits flipped, bytes overwritten, pieces lost, doubled or
        put in, one to three times. *Read*: it was still sound, and what was read passed the reader's check. *Refused*: with the
        exception that its documentation names. Anything else is a crash. Time and managed memory are those of the worst single file.
        Notebooks in Jupyter's format are written here and never read, so they have no row.
        The last one was measured on {DateTime.UtcNow:yyyy-MM-dd}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, with
        `dotnet run --project tests/Fuzzing -c Release -- {count}`.

        | reader | bytes of the file | damaged copies | read | refused | slowest | most memory | crashes |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        """
    );
    var sound = true;
    foreach (var reader in chosen)
    {
        var outcome = reader.Try(count);
        Console.WriteLine(outcome);
        if (outcome.Crash is not null)
            Console.WriteLine(outcome.Crash);
        results.Put(outcome.Name, outcome.ToString());
        sound &= outcome.Holds;
    }
    return sound ? 0 : 1;
}

static bool Reads<TRefusal>(Action read)
    where TRefusal : Exception
{
    using var scope = NewDisposeScope();
    try
    {
        read();
        return true;
    }
    catch (TRefusal)
    {
        return false;
    }
}

static void Require(bool sound)
{
    if (!sound)
        throw new UnreachableException("What was read is not what was written.");
}
