using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace Diffusion.Faults;

/// <summary>A disk that is full, or may only be read. Real ones, in memory; mounting them needs root.</summary>
internal sealed class Disks
{
    private const int DiskBytes = 24 << 20;

    public IEnumerable<Fault> All =>
        [
            new(
                "Disk full while the book is made",
                "a sentence, and the old book; or the new one, whole",
                12,
                i => FullBook(free: 40_000 << Math.Min(i, 7))
            ),
            new(
                "Disk full while notebooks are exported",
                "a sentence, and the old files",
                4,
                i => FullExport(free: 2_000 * i)
            ),
            new(
                "Disk full while a model is trained",
                "a sentence; with room again the same weights, bit for bit",
                4,
                i => FullTraining(free: 200_000 + 700_000 * i)
            ),
            new(
                "A disk that may only be read",
                "notebooks run; the book is refused in a sentence",
                2,
                _ => ReadOnly()
            ),
        ];

    private static void On(Action<string> disk)
    {
        var folder = Directory.CreateTempSubdirectory("faults-disk-").FullName;
        Mount("-t", "tmpfs", "-o", $"size={DiskBytes}", "tmpfs", folder);
        try
        {
            disk(folder);
        }
        finally
        {
            Do("umount", folder);
            Directory.Delete(folder);
        }
    }

    private static void Mount(params string[] arguments) => Do("mount", arguments);

    private static void Do(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new FaultException($"{program} failed: is this root?");
    }

    /// <summary>Fills the disk but for so many bytes.</summary>
    private static string Fill(string disk, int free)
    {
        var filler = Path.Combine(disk, "filler");
        using var file = File.Create(filler);
        var left = new DriveInfo(disk).AvailableFreeSpace - free;
        var block = new byte[4096];
        for (; left > 0; left -= block.Length)
            file.Write(block);
        return filler;
    }

    private static void FullBook(int free) =>
        On(disk =>
        {
            var clone = new SmallClone(within: disk);
            var before = clone.Book();
            var filler = Fill(disk, free);
            SmallClone.RequireSentence(clone.Run(["--fresh"]), 0, 2);
            Fault.Require(clone.Text() == before, "The book is another one.");
            File.Delete(filler);
            clone.Book();
            clone.RequireNothingLeft();
        });

    private static void FullExport(int free) =>
        On(disk =>
        {
            var clone = new SmallClone(within: disk);
            string[] export = ["export", "notebooks/00-first.dib"];
            Fault.Require(clone.Run(export).Code == 0, "The first export failed.");
            var filler = Fill(disk, free);
            SmallClone.RequireSentence(clone.Run(export), 0, 1, 2);
            SmallClone.RequireNotebook(clone["export/00-first.ipynb"]);
            File.Delete(filler);
            Fault.Require(clone.Run(export).Code == 0, "The last export failed.");
            clone.RequireNothingLeft();
        });

    private static void FullTraining(int free) =>
        On(disk =>
        {
            (int, string) Train(string output)
            {
                using var run = new Command(
                    Command.Repository,
                    ["dotnet", Command.Runner, "train", "tiny", "--every", "20", "--output", output]
                );
                return (run.End(), run.Output);
            }
            var (output, whole) = (Path.Combine(disk, "out"), Path.Combine(disk, "whole"));
            Fault.Require(Train(whole).Item1 == 0, "The training in peace failed.");
            var filler = Fill(disk, free);
            SmallClone.RequireSentence(Train(output), 0, 2);
            File.Delete(filler);
            Fault.Require(Train(output).Item1 == 0, "It does not go on.");
            Fault.Require(
                Kills.Tensors(whole).AsSpan().SequenceEqual(Kills.Tensors(output)),
                "The weights are other ones than without interruption."
            );
        });

    private static void ReadOnly() =>
        On(disk =>
        {
            var clone = new SmallClone(within: disk);
            var before = clone.Book();
            Mount("-o", "remount,ro", disk);
            var (code, output) = clone.Run(["run", "notebooks/01-second.dib"]);
            Fault.Require(code == 0, $"No notebook runs:\n{output}");
            SmallClone.RequireSentence(clone.Run(["--fresh"]), 2);
            SmallClone.RequireSentence(clone.Run(["export", "notebooks/01-second.dib"]), 1, 2);
            Fault.Require(clone.Text() == before, "The book is another one.");
        });
}
