using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace Diffusion.Faults;

/// <summary>Files of others, beside a clone, in it, and in the folders that are written.</summary>
internal static class OthersFiles
{
    private static readonly string[] Folders =
    [
        "book.old-2024",
        "book.new-99999",
        "site.old-2019",
        "site.new-1",
        "photos.old-99999",
        "work/training/book.old-1",
        "export.old-1",
    ];

    public static IEnumerable<Fault> All =>
        [
            new(
                "Neighbours with names such as `book.old-2024`",
                "every command leaves them as they were, bit for bit, and no process and no temporary file",
                2,
                _ => Beside()
            ),
            new(
                "A reader's file, a changed page or a link in a folder of pages",
                "refused in a sentence that names it, before anything runs; nothing was changed",
                4,
                i => Within(i)
            ),
            new(
                "A folder that only looks like a book, or like a training",
                "refused in a sentence, before anything runs; nothing was changed",
                4,
                i => Alike(i)
            ),
            new(
                "Two process namespaces, both with the same process number, write one folder",
                "both succeed; the pages are whole, and nothing else is left",
                20,
                _ => Containers()
            ),
        ];

    /// <summary>Names and contents of all that is not in one of some folders.</summary>
    private static string Checksum(SmallClone clone, params string[] but)
    {
        var folder = Path.GetDirectoryName(clone.Folder)!;
        return string.Join(
            '\n',
            Directory
                .EnumerateFiles(
                    folder,
                    "*",
                    new EnumerationOptions
                    {
                        RecurseSubdirectories = true,
                        AttributesToSkip = FileAttributes.ReparsePoint,
                    }
                )
                .Where(f => !but.Any(b => f.StartsWith($"{clone[b]}", StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)
                .Select(f => $"{f} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))}")
        );
    }

    private static void Beside()
    {
        using var clone = new SmallClone();
        foreach (var folder in Folders)
        {
            clone.Write($"{folder}/thesis.txt", "precious");
            clone.Write($"../{folder}/thesis.txt", "precious");
        }
        clone.Write("00-first.tmp", "precious");
        clone.Write("work/cache/00-first.notes", "precious");
        string Others() =>
            Checksum(clone, "book/", "book.zip", "site/", "*/", "export/", "work/cache/0")
            + File.ReadAllText(clone["work/cache/00-first.notes"]);
        var before = Others();
        var temporary = Directory.CreateDirectory(clone["../temporary"]);
        foreach (
            var arguments in new[]
            {
                new[] { "--zip" },
                ["--fresh", "--zip"],
                ["run", "00", "--output", "site"],
                ["run", "00", "--output", "*"],
                ["export"],
                ["list"],
                ["check"],
                ["clean"],
            }
        )
        {
            var (code, output) = clone.Run(
                arguments,
                variables: new Dictionary<string, string?> { ["TMPDIR"] = temporary.FullName }
            );
            var command = string.Join(' ', arguments);
            Fault.Require(code == 0, $"{command}: code {code}:\n{output}");
            Fault.Require(Others() == before, $"{command} changed a neighbour.");
            var left = temporary.GetFileSystemInfos();
            Fault.Require(left.Length == 0, $"{command} left {left.FirstOrDefault()}.");
            clone.RequireNoProcess();
        }
        Fault.Require(!Directory.Exists(clone["book"]), "The book was not removed.");
    }

    /// <summary>Each of these must be refused, and change nothing.</summary>
    private static void Refused(SmallClone clone, string named, params string[][] commands)
    {
        var before = Checksum(clone);
        foreach (var arguments in commands)
        {
            var ended = clone.Run(arguments);
            SmallClone.RequireSentence(ended, 2);
            Fault.Require(
                ended.Output.Contains(named, StringComparison.Ordinal),
                $"'{named}' is not named:\n{ended.Output}"
            );
            Fault.Require(Checksum(clone) == before, "Something was changed.");
        }
    }

    private static void Within(int kind)
    {
        using var clone = new SmallClone();
        clone.Book();
        var (name, named) = kind switch
        {
            0 => ("book/notes.txt", "notes.txt"),
            1 => ("book/assets/notes.css", "notes.css"),
            2 => ("book/index.html", "index.html"),
            _ => ("book/there", "there"),
        };
        if (kind < 3)
            clone.Write(name, "precious");
        else
            Directory.CreateSymbolicLink(clone[name], clone["notebooks"]);
        Refused(clone, named, ["--fresh"], ["clean"], ["run", "00", "--output", "book"]);
        if (kind == 3)
            Directory.Delete(clone[name]);
        else
            File.Delete(clone[name]);
        clone.Book();
        clone.RequireNothingLeft();
    }

    private static void Alike(int kind)
    {
        using var clone = new SmallClone();
        string[] signs =
        [
            "assets/book.css",
            ".diffusion/manifest.json",
            "training.lock",
            "step-00000010.checkpoint.safetensors",
        ];
        clone.Write($"site/{signs[kind]}", "{}");
        clone.Write("site/log.csv", "precious");
        clone.Write("site/a.tmp", "precious");
        Refused(
            clone,
            "site",
            ["run", "00", "--output", "site"],
            ["train", "tiny", "--output", clone["site"]]
        );
    }

    private static void Containers()
    {
        using var clone = new SmallClone();
        var runs = new[] { "00", "01" }
            .Select(chapter => new Command(
                clone.Folder,
                [
                    "unshare",
                    "--pid",
                    "--fork",
                    "--mount-proc",
                    "dotnet",
                    Command.Runner,
                    "run",
                    chapter,
                    "--output",
                    "site",
                ]
            ))
            .ToArray();
        try
        {
            foreach (var run in runs)
                Fault.Require(run.End() == 0, $"One failed:\n{run.Output}");
        }
        finally
        {
            foreach (var run in runs)
                run.Dispose();
        }
        var left = Directory.GetFiles(clone["site"], "0*.html").Select(Path.GetFileName).ToArray();
        Fault.Require(left.Length == 1, $"Pages of both are there: {string.Join(", ", left)}");
        Fault.Require(
            File.ReadAllText(clone[$"site/{left[0]}"]).TrimEnd().EndsWith("</html>"),
            "A page ends too early."
        );
        Fault.Require(
            Directory.GetFileSystemEntries(clone["site/.diffusion"]).Length == 1,
            "Something is left."
        );
        clone.RequireNothingLeft();
    }
}
