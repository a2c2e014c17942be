using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Outputs;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs every chapter that has changed and writes the book.</summary>
/// <param name="options">How chapters are run.</param>
/// <param name="fresh">Run also those that have not changed.</param>
/// <param name="open">Show the book in the browser when it is done.</param>
/// <param name="zip">Also pack it into one file.</param>
internal sealed class BookCommand(
    RunOptions options,
    bool fresh = false,
    bool open = false,
    bool zip = false
)
{
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var root = Repository.Root;
        var book = OutputFolder.Of(Path.Combine(root, "book"));
        if (zip)
            BookZip.Require(book);
        var chapters = Chapters.All(root);
        var cache = new RunCache(root, options.Threads);
        var key = cache.KeyOf(chapters);
        if (!fresh && BookFolder.Holds(book, key) && cache.HasAll(chapters))
        {
            AnsiConsole.MarkupLineInterpolated(
                $"Nothing has changed since the book was written: [bold]{Index(book)}[/] (--fresh runs everything again)"
            );
            return Done(book, cancel);
        }
        BookFolder.Claim(book, chapters, root, cancel);
        if (fresh)
            RunCache.Forget(root, cancel);
        var results = await new Report(options, cache).RunAllAsync(chapters, cancel);
        if (results.Any(r => r.Failure is not null))
        {
            Terminal.Complain(
                $"No book was written, because a chapter failed. {(Directory.Exists(book) ? "The one from the last good run is still there." : "")}"
            );
            return ExitCode.Failure;
        }
        BookFolder.Write(
            book,
            results.Select(r => r.Notebook).ToArray(),
            root,
            cancel,
            // Not where something was edited while the chapters ran.
            () => new RunCache(root, options.Threads).KeyOf(chapters) == key ? key : ""
        );
        AnsiConsole.MarkupLineInterpolated($"The book is in [bold]{Index(book)}[/]");
        return Done(book, cancel);
    }

    private static string Index(string book) => Path.Combine(book, "index.html");

    private int Done(string book, CancellationToken cancel)
    {
        if (zip)
            AnsiConsole.MarkupLineInterpolated(
                $"Packed into [bold]{BookZip.Write(book, cancel)}[/]"
            );
        if (open)
            Opening.InBrowser(Index(book));
        return ExitCode.Success;
    }
}
