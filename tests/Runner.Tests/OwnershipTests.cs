using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Commands;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Whatever folder a reader names, nothing of his is lost, and he is told before anything runs.</summary>
public sealed class OwnershipTests : IDisposable
{
    private readonly TestFolder folder = new();

    public OwnershipTests()
    {
        folder.Write("clone/Diffusion.slnx", "<Solution />");
        folder.Write(
            "clone/notebooks/00-first.dib",
            "#!markdown\n\n# First\n\n#!csharp\n\nSystem.IO.File.WriteAllText(\"../ran\", \"\");\n40 + 2\n"
        );
    }

    public void Dispose() => folder.Dispose();

    private string Clone => Path.Combine(folder.Path, "clone");

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        RunnerHere.RunAsync(Clone, arguments);

    /// <summary>Names, times and contents of everything, links by where they lead.</summary>
    private static string Checksum(string where) =>
        string.Join(
            '\n',
            FolderTree
                .Of(where)
                .OrderBy(e => e.Path, StringComparer.Ordinal)
                .Select(e => (Entry: e, Full: Path.Combine(where, e.Path)))
                .Select(e =>
                    $"{e.Entry} {File.GetLastWriteTimeUtc(e.Full):o} "
                    + (
                        e.Entry.Kind == EntryKind.File
                            ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(e.Full)))
                            : new FileInfo(e.Full).LinkTarget
                    )
                )
        );

    /// <summary>What a reader may have beside and inside the clone, with names that programs like to take for their own.</summary>
    private void MakeNeighbours()
    {
        foreach (
            var name in new[]
            {
                "book.old-2024",
                "book.new-99999",
                "site.old-2019",
                "photos.old-99999",
                "photos.new-1",
                "[a]",
                "book.zip.1.tmp",
                "export.old-1",
                "work/training/notes",
                "work/samples/notes",
                "book2",
            }
        )
            folder.Write($"clone/{name}/thesis.txt", "precious");
        foreach (var name in new[] { "a.tmp", "log.csv", "book.html", "lock", "00-first.tmp" })
            folder.Write($"clone/{name}", "precious");
        folder.Write("clone/work/cache/00-first.notes", "precious");
        folder.Write("clone/work/cache/00-first.0123456789abcdef01234567.kept", "precious");
        folder.Write("clone/work/cache/library/notes", "precious");
        folder.Write("clone/work/cache/pages/notes", "precious");
        folder.Write("clone/work/cache/checks/notes", "precious");
        folder.Write("beside/book.old-1/thesis.txt", "precious");
    }

    /// <summary>Of everything but what the commands are told to write.</summary>
    private string Neighbours() =>
        string.Join(
            '\n',
            Checksum(folder.Path)
                .Split('\n')
                .Where(l =>
                    !l.Contains("= clone,")
                    && !l.Contains("= clone/ran,")
                    && !l.Contains("= clone/work,")
                    && !l.Contains("= clone/work/cache,")
                    && !l.Contains("= clone/book,")
                    && !l.Contains("= clone/export,")
                    && !l.Contains("= clone/book.zip,")
                    && !l.Contains("= clone/book/")
                    && !l.Contains("= clone/export/")
                    && !l.Contains("= clone/*")
                    && !(
                        l.Contains("= clone/work/cache/")
                        && !l.Contains("0123456789abcdef")
                        && !l.Contains("notes")
                    )
                )
        );

    [Fact]
    public async Task NeighboursAreTheSameAfterEveryCommand()
    {
        MakeNeighbours();
        var before = Neighbours();
        Assert.Contains("thesis.txt", before);
        foreach (
            var arguments in new[]
            {
                new[] { "--zip" },
                ["run", "00", "--output", "*"],
                ["export"],
                ["clean"],
            }
        )
        {
            var (code, output) = await RunAsync(arguments);
            Assert.True(code == 0, $"{string.Join(' ', arguments)}:\n{output}");
            Assert.Equal(before, Neighbours());
        }
        Assert.True(File.Exists(folder["clone/*/00-first.html"]));
        // The strangers in it keep the folder.
        Assert.Equal(
            ["00-first.0123456789abcdef01234567.kept", "00-first.notes"],
            Directory.GetFiles(folder["clone/work/cache"]).Select(Path.GetFileName).Order()
        );
        Assert.False(Path.Exists(folder["clone/book"]) || Path.Exists(folder["clone/book.zip"]));
    }

    public static TheoryData<string> OtherFolders =>
        [
            "",
            " ",
            "/",
            ".",
            "..",
            "notebooks",
            "notebooks/new",
            "lib/new",
            "data",
            ".git",
            "file",
            "file/below",
            "link",
            "dangling",
            "full",
            "looks-like",
            "through/notebooks/new",
        ];

    [Theory]
    [MemberData(nameof(OtherFolders))]
    public void PagesGoIntoNoFolderOfOthers(string output)
    {
        folder.Write("clone/file", "precious");
        folder.Write("clone/full/thesis.txt", "precious");
        folder.Write("clone/looks-like/assets/book.css", "precious");
        folder.Write("clone/looks-like/index.html", "precious");
        folder.Write("clone/data/a", "precious");
        Directory.CreateDirectory(folder["elsewhere/empty/x"][..^2]);
        Directory.CreateSymbolicLink(Path.Combine(Clone, "link"), folder["elsewhere/empty"]);
        Directory.CreateSymbolicLink(Path.Combine(Clone, "dangling"), "/no/such/folder");
        Directory.CreateSymbolicLink(Path.Combine(Clone, "through"), Clone);
        var before = Checksum(folder.Path);
        var there = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = Clone;
            Assert.Throws<NotebookException>(() =>
                BookFolder.Claim(
                    OutputFolder.OfPages(output, Clone),
                    [folder["clone/notebooks/00-first.dib"]],
                    Clone,
                    TestContext.Current.CancellationToken
                )
            );
        }
        finally
        {
            Environment.CurrentDirectory = there;
        }
        Assert.Equal(before, Checksum(folder.Path));
    }

    /// <summary>The commands themselves, in this process: none of them gets as far as a cell.</summary>
    [Fact]
    public async Task TheCommandsSayItBeforeAnythingRuns()
    {
        folder.Write("clone/book/assets/book.css", "precious");
        folder.Write("clone/book/thesis.txt", "precious");
        folder.Write("clone/export/00-first.ipynb", "worked in");
        folder.Write("clone/a/x.dib", "#!csharp\n\n1\n");
        folder.Write("clone/b/X.dib", "#!csharp\n\n2\n");
        folder.Write("clone/index.dib", "#!csharp\n\n2\n");
        Directory.CreateDirectory(folder["clone/taken/00-first.ipynb/x"][..^2]);
        folder.Write("clone/file", "precious");
        var before = Checksum(folder.Path);
        var cancel = TestContext.Current.CancellationToken;
        var options = new RunOptions(TimeSpan.FromMinutes(1), 1, new RunnerHere());
        Task<int> Run(string output, params string[] files) =>
            new RunCommand(options).RunAsync(files, output, cancel);
        Task<int> Export(string output, params string[] files) =>
            new ExportCommand(options).RunAsync(files, output, cancel);
        var there = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = Clone;
            foreach (
                var (command, named) in new (Func<Task<int>>, string)[]
                {
                    (() => new BookCommand(options).RunAsync(cancel), "book"),
                    (() => Task.FromResult(CleanCommand.Run(cancel)), "book"),
                    (() => Run("book", "00"), "book"),
                    (() => Run("", "00"), "--output"),
                    (() => Run("notebooks", "00"), "notebooks"),
                    (() => Run("pages", "a/x.dib", "b/X.dib"), "X.dib"),
                    (() => Run("pages", "00", "00"), "00-first"),
                    (() => Run("pages", "index.dib"), "index.dib"),
                    (() => Export("pages", "a/x.dib", "b/X.dib"), "X.dib"),
                    (() => Export("export", "00"), "00-first.ipynb"),
                    (() => Export("taken", "00"), "00-first.ipynb"),
                    (() => Export("file", "00"), "file"),
                    (() => Export("", "00"), "--output"),
                }
            )
            {
                var refused = await Assert.ThrowsAsync<NotebookException>(command);
                Assert.Contains(named, refused.Message);
                Assert.Equal(before, Checksum(folder.Path));
            }
        }
        finally
        {
            Environment.CurrentDirectory = there;
        }
    }

    [Fact]
    public async Task AReadersWorkInAnExportOrAPackedBookStays()
    {
        var (code, output) = await RunAsync("export", "00");
        Assert.True(code == 0, output);
        var exported = folder["clone/export/00-first.ipynb"];
        File.WriteAllText(exported, File.ReadAllText(exported).Replace("# First", "# My own"));
        (code, output) = await RunAsync("export", "00");
        Assert.Equal(2, code);
        Assert.Contains("was changed", output);
        Assert.Contains("# My own", File.ReadAllText(exported));

        folder.Write("clone/book.zip", "precious");
        (code, output) = await RunAsync("clean");
        Assert.Equal(2, code);
        Assert.Contains("book.zip", output);
        Assert.Equal("precious", File.ReadAllText(folder["clone/book.zip"]));
    }
}
