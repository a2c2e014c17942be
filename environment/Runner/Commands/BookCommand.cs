using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs every chapter and writes the book.</summary>
internal sealed class BookCommand(RunOptions options)
{
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var root = Repository.Root;
        var book = Path.Combine(root, "book");
        BookFolder.Claim(book);
        var results = await new Report(options).RunAllAsync(Chapters.All(root), cancel);
        if (results.Any(r => r.Failure is not null))
        {
            AnsiConsole.MarkupLineInterpolated(
                $"[red]No book was written, because a chapter failed.[/] {(Directory.Exists(book) ? "The one from the last good run is still there." : "")}"
            );
            return ExitCode.Failure;
        }
        BookFolder.Write(book, results.Select(r => r.Notebook).ToArray(), root, cancel);
        AnsiConsole.MarkupLineInterpolated(
            $"The book is in [bold]{Path.Combine(book, "index.html")}[/]"
        );
        return ExitCode.Success;
    }
}
