using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Diffusion.Faults;

/// <summary>Files that were lost, cut, changed or come from another time.</summary>
internal sealed partial class Damages
{
    private static readonly (string What, Func<byte[], byte[]?> Do)[] Ways =
    [
        ("cut in half", file => file[..(file.Length / 2)]),
        ("with a bit flipped", file => [.. file[..^20], (byte)(file[^20] ^ 4), .. file[^19..]]),
        ("empty", _ => []),
        ("missing", _ => null),
        ("of another kind", _ => "%PDF-1.7 something else"u8.ToArray()),
    ];

    public IEnumerable<Fault> All =>
        [
            .. from file in new[]
            {
                "data/fashion-mnist/train-images-idx3-ubyte.gz",
                "data/fashion-mnist/t10k-labels-idx1-ubyte.gz",
                "data/fashion-mnist/SHA256SUMS",
                "data/weights/classifier.safetensors",
            }
            from way in Ways
            select new Fault(
                $"`{file}` {way.What}",
                "`doctor` and a notebook that reads it name it",
                1,
                _ => Read(file, way.Do)
            ),
            .. from way in Ways
            select new Fault(
                $"What is remembered of earlier runs {way.What}",
                "that chapter runs again; the same book",
                1,
                _ => Cache(way.Do)
            ),
            .. from way in Ways.Where(w => w.What != "missing")
            select new Fault(
                $"A notebook {way.What}",
                "the others run; a sentence, or what is left of it runs",
                1,
                _ => Notebook(way.Do)
            ),
            new(
                "What is remembered comes from a later version",
                "that chapter runs again; the same book",
                1,
                _ => Cache(_ => JsonSerializer.SerializeToUtf8Bytes(new { Version = 9, Cells = 1 }))
            ),
            new("`book/` is a file", "refused in a sentence", 1, _ => BookIsAFile()),
        ];

    private static void Damage(string path, Func<byte[], byte[]?> how)
    {
        if (how(File.ReadAllBytes(path)) is byte[] damaged)
            File.WriteAllBytes(path, damaged);
        else
            File.Delete(path);
    }

    /// <summary>A clone with the library and the data of this repository, one file of which is damaged.</summary>
    private static void Read(string file, Func<byte[], byte[]?> how)
    {
        using var clone = new SmallClone();
        foreach (var folder in new[] { "lib", "data/fashion-mnist", "data/weights", "environment" })
        foreach (
            var source in Directory
                .GetFiles(
                    Path.Combine(Command.Repository, folder),
                    "*",
                    SearchOption.AllDirectories
                )
                .Where(f => !f.Contains("/bin/") && !f.Contains("/obj/"))
        )
        {
            var target = clone[Path.GetRelativePath(Command.Repository, source)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }
        File.Copy(Path.Combine(Command.Repository, "global.json"), clone["global.json"]);
        Damage(clone[file], how);
        clone.Write(
            "notebooks/02-reads.dib",
            """
            #!csharp

            #!import ../environment/cpu.dib

            #!csharp

            #load "../lib/Diffusion.csx"

            #!csharp

            var train = FashionMnist.Train();
            var test = FashionMnist.Test();
            var measure = QualityMeasure.Load();

            """
        );
        var name = Path.GetFileName(file);
        foreach (var arguments in new[] { new[] { "doctor" }, ["run", "notebooks/02-reads.dib"] })
        {
            var (code, output) = clone.Run(arguments);
            Fault.Require(code == 1, $"{arguments[0]}: code {code}:\n{output}");
            Fault.Require(
                output.Contains(name, StringComparison.Ordinal),
                $"{arguments[0]} did not name it:\n{output}"
            );
        }
    }

    private static void Cache(Func<byte[], byte[]?> how)
    {
        using var clone = new SmallClone();
        var before = clone.Book();
        Damage(Directory.GetFiles(clone["work/cache"], "00-first.*").Single(), how);
        Directory.Delete(clone["book"], recursive: true);
        var (code, output) = clone.Run([]);
        Fault.Require(code == 0, output);
        Fault.Require(clone.Text() == before, "The book is another one.");
    }

    private static void Notebook(Func<byte[], byte[]?> how)
    {
        using var clone = new SmallClone();
        Damage(clone["notebooks/00-first.dib"], how);
        var ended = clone.Run(["run", "notebooks/00-first.dib", "notebooks/01-second.dib"]);
        SmallClone.RequireSentence(ended, 0, 1);
        Fault.Require(Passed().IsMatch(ended.Output), $"The other did not run:\n{ended.Output}");
    }

    private static void BookIsAFile()
    {
        using var clone = new SmallClone();
        File.WriteAllText(clone["book"], "precious");
        SmallClone.RequireSentence(clone.Run([]), 2);
        Fault.Require(File.ReadAllText(clone["book"]) == "precious", "The file was replaced.");
    }

    [GeneratedRegex("01-second .* passed")]
    private static partial Regex Passed();
}
