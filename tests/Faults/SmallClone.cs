using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Diffusion.Faults;

/// <summary>A repository with two short chapters, which the real runner runs in a few seconds.</summary>
internal sealed partial class SmallClone : IDisposable
{
    private static readonly string[] Pages =
    [
        "00-first.html",
        "01-second.html",
        "gallery.html",
        "index.html",
    ];

    private readonly string outer;

    /// <param name="name">Of its folder.</param>
    /// <param name="within">The folder that it is made in; a new one where nothing is said.</param>
    public SmallClone(string name = "clone", string? within = null)
    {
        outer = within ?? Directory.CreateTempSubdirectory("faults-").FullName;
        Folder = Path.Combine(outer, name);
        Directory.CreateDirectory(Path.Combine(Folder, "notebooks"));
        File.WriteAllText(Path.Combine(Folder, "Diffusion.slnx"), "<Solution />\n");
        Write(
            "notebooks/00-first.dib",
            "#!markdown\n\n# The first chapter\n\nIt is about $x^2$.\n\n#!csharp\n\nvar half = 1 / 2.0;\nConsole.WriteLine($\"A half is {half}, ı and İ stay.\");\n"
        );
        Write(
            "notebooks/01-second.dib",
            "#!markdown\n\n# The second chapter\n\n#!csharp\n\n// a comment\n40 + 2\n"
        );
    }

    public string Folder { get; }

    public string this[string name] => Path.Combine(Folder, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
    }

    /// <summary>The runner, begun here.</summary>
    public Command Start(params string[] arguments) =>
        new(Folder, ["dotnet", Command.Runner, .. arguments]);

    /// <summary>The runner, from its beginning to its end.</summary>
    /// <param name="arguments">As typed.</param>
    /// <param name="within">A program and arguments that it runs within.</param>
    /// <param name="variables">Of the environment; null takes one away.</param>
    public (int Code, string Output) Run(
        string[] arguments,
        string[]? within = null,
        IReadOnlyDictionary<string, string?>? variables = null
    )
    {
        using var command = new Command(
            Folder,
            [.. within ?? [], "dotnet", Command.Runner, .. arguments],
            variables
        );
        var code = command.End();
        return (code, command.Output);
    }

    /// <summary>Writes the book, which must succeed.</summary>
    /// <returns>What its chapters say, without times.</returns>
    public string Book(
        string[]? within = null,
        IReadOnlyDictionary<string, string?>? variables = null
    )
    {
        var (code, output) = Run(["--fresh"], within, variables);
        Fault.Require(code == 0, $"The book was not written (code {code}):\n{output}");
        return Text();
    }

    /// <summary>What the chapters of a whole book say, without times.</summary>
    public string Text()
    {
        RequireWholeBook();
        return Times()
            .Replace(
                string.Join(
                    '\n',
                    new[] { "00-first", "01-second" }.Select(n =>
                        File.ReadAllText(this[$"book/{n}.html"])
                    )
                ),
                ""
            );
    }

    /// <summary>Every page is there to its last line, and notebooks that can be read lie beside them.</summary>
    /// <param name="more">Pages besides the usual ones.</param>
    public void RequireWholeBook(params string[] more)
    {
        Fault.Require(Directory.Exists(this["book"]), "The book is gone.");
        var pages = Directory
            .GetFiles(this["book"], "*.html")
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal);
        Fault.Require(
            pages.SequenceEqual(Pages.Concat(more).Order(StringComparer.Ordinal)),
            $"The book has {string.Join(", ", pages)}."
        );
        foreach (var page in Directory.GetFiles(this["book"], "*.html"))
            RequireWholePage(page);
        foreach (var notebook in Directory.GetFiles(this["book"], "*.ipynb"))
            RequireNotebook(notebook);
        Fault.Require(
            File.Exists(this["book/assets/search-index.js"]),
            "The book's search index is missing."
        );
    }

    public static void RequireWholePage(string path) =>
        Fault.Require(
            File.ReadAllText(path).TrimEnd().EndsWith("</html>"),
            $"{Path.GetFileName(path)} ends too early."
        );

    public static void RequireNotebook(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        Fault.Require(json.RootElement.GetProperty("cells").GetArrayLength() > 0, "No cells.");
    }

    /// <summary>No half-written file or folder is left, and no process of a notebook.</summary>
    public void RequireNothingLeft()
    {
        var left = Directory
            .EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
            .Where(f => Left().IsMatch(Path.GetFileName(f)))
            .ToArray();
        Fault.Require(left.Length == 0, $"Left behind: {string.Join(", ", left)}");
        RequireNoProcess();
    }

    /// <summary>No process of a notebook stays, once it had time to notice that its parent is gone.</summary>
    public void RequireNoProcess()
    {
        var clock = Stopwatch.StartNew();
        while (Workers().Any())
            Fault.Require(clock.Elapsed < TimeSpan.FromSeconds(10), "A notebook's process stays.");
    }

    /// <summary>Processes whose command line names a notebook of this clone.</summary>
    private IEnumerable<string> Workers() =>
        Directory
            .GetDirectories("/proc")
            .Where(d => int.TryParse(Path.GetFileName(d), out _))
            .Where(d =>
            {
                try
                {
                    return File.ReadAllText(Path.Combine(d, "cmdline"))
                        .Contains(this["notebooks/"], StringComparison.Ordinal);
                }
                catch (IOException)
                {
                    return false; // it has ended meanwhile
                }
            });

    public void Dispose() => Directory.Delete(outer, recursive: true);

    /// <summary>A command that could not do its work says so in a sentence, and no more.</summary>
    public static void RequireSentence((int Code, string Output) ended, params int[] codes)
    {
        Fault.Require(codes.Contains(ended.Code), $"Code {ended.Code}:\n{ended.Output}");
        Fault.Require(ended.Output.Trim() != "", "It said nothing.");
        Fault.Require(
            !ended.Output.Contains("   at ", StringComparison.Ordinal)
                && !ended.Output.Contains("Unhandled", StringComparison.Ordinal),
            $"No sentence, but:\n{ended.Output}"
        );
    }

    [GeneratedRegex("""<span class="time".*?</span>""")]
    private static partial Regex Times();

    [GeneratedRegex("""\.tmp$|^(new|unfinished)-[0-9a-f]{32}$|^(lock|holder\.json|next\.json)$""")]
    private static partial Regex Left();
}
