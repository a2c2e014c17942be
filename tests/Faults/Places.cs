using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Diffusion.Faults;

/// <summary>The same book has to come out of any folder, language, time and machine.</summary>
internal sealed class Places
{
    private readonly Lazy<string> expected = new(() =>
    {
        using var usual = new SmallClone();
        return usual.Book();
    });

    public IEnumerable<Fault> All =>
        [
            .. new[]
            {
                ("with spaces", "a folder  with spaces"),
                ("with letters that are not ASCII", "Bücher ✓ 本"),
                ("with #, %20, & and quotes", "a#b%20c&d'e\"f"),
                ("with a name of 200 letters", new string('n', 200)),
                (
                    "with a path of 2,000 letters",
                    string.Join('/', Enumerable.Repeat(new string('p', 199), 10))
                ),
            }.Select(place => Same($"A folder {place.Item1}", place.Item2)),
            new("A symbolic link to the clone", Sameness, 1, _ => Link()),
            .. new[] { "tr_TR", "de_DE", "ar_SA", "fa_IR", "ja_JP" }.Select(culture =>
                Same(
                    $"The language {culture}",
                    variables: new()
                    {
                        ["LANG"] = $"{culture}.UTF-8",
                        ["LC_ALL"] = $"{culture}.UTF-8",
                    }
                )
            ),
            .. new[] { "Pacific/Kiritimati", "America/St_Johns", "No/Such_Zone" }.Select(zone =>
                Same($"The time zone {zone}", variables: new() { ["TZ"] = zone })
            ),
            Same("No home folder", variables: new() { ["HOME"] = null }),
            Same(
                "A home folder that is not there",
                variables: new() { ["HOME"] = "/no/such/folder" }
            ),
            Same("No network", within: ["unshare", "--net"]),
            Same("One core", within: ["taskset", "--cpu-list", "0"]),
            Same(
                "A user with few rights",
                within: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
                prepare: clone =>
                {
                    Do("chown", "-R", "65534:65534", clone.Folder);
                    Do("chmod", "755", Path.GetDirectoryName(clone.Folder)!);
                }
            ),
            Same("Few open files (256)", within: ["prlimit", "--nofile=256"]),
            Same(
                "Notebooks with \\r\\n",
                prepare: clone =>
                {
                    foreach (var path in Directory.GetFiles(clone["notebooks"]))
                        File.WriteAllText(path, File.ReadAllText(path).Replace("\n", "\r\n"));
                }
            ),
            Same(
                "Files dated 1970 and 2090: a clock that jumped",
                prepare: clone =>
                {
                    clone.Book();
                    foreach (
                        var (file, i) in Directory
                            .GetFiles(clone.Folder, "*", SearchOption.AllDirectories)
                            .Select((f, i) => (f, i))
                    )
                        File.SetLastWriteTimeUtc(
                            file,
                            new DateTime(i % 2 == 0 ? 1970 : 2090, 1, 1)
                        );
                }
            ),
            new(
                "The terminal closes (SIGHUP)",
                "the old book is there, whole; no process stays",
                10,
                i => TerminalCloses(i)
            ),
            new(
                "Whoever reads the output goes away (`| head -1`)",
                "the book is whole",
                3,
                _ => ReaderGoes()
            ),
        ];

    private const string Sameness = "the same book, letter for letter";

    private Fault Same(
        string fault,
        string name = "clone",
        string[]? within = null,
        Dictionary<string, string?>? variables = null,
        Action<SmallClone>? prepare = null
    ) =>
        new(
            fault,
            Sameness,
            1,
            _ =>
            {
                using var clone = new SmallClone(name);
                prepare?.Invoke(clone);
                RequireSame(clone.Book(within, variables));
                clone.RequireNothingLeft();
            }
        );

    private void RequireSame(string book) =>
        Fault.Require(book == expected.Value, $"The book is another one:\n{book}");

    private void Link()
    {
        using var clone = new SmallClone();
        var link = clone.Folder + "-link";
        Directory.CreateSymbolicLink(link, clone.Folder);
        using var run = new Command(link, ["dotnet", Command.Runner, "--fresh"]);
        Fault.Require(run.End() == 0, run.Output);
        RequireSame(clone.Text());
    }

    private void TerminalCloses(int attempt)
    {
        using var clone = new SmallClone();
        clone.Book();
        using (var run = clone.Start("--fresh"))
            run.Send("HUP", TimeSpan.FromSeconds(0.3 * attempt));
        RequireSame(clone.Text());
        clone.RequireNoProcess();
        clone.Book();
        clone.RequireNothingLeft();
    }

    private void ReaderGoes()
    {
        using var clone = new SmallClone();
        clone.Book();
        using var run = new Command(
            clone.Folder,
            ["sh", "-c", $"dotnet '{Command.Runner}' --fresh | head -1"]
        );
        run.End();
        // The shell ends with `head`; the runner may still be at work.
        clone.RequireNoProcess();
        RequireSame(clone.Text());
        clone.Book();
        clone.RequireNothingLeft();
    }

    private static void Do(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Fault.Require(process.ExitCode == 0, $"{program} failed.");
    }
}
