using System.IO;
using System.Threading;
using Diffusion.Runner.Outputs;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Removes what the runner can make again: the book, and what it remembers of earlier runs.</summary>
internal static class CleanCommand
{
    public static int Run(CancellationToken cancel)
    {
        var root = Repository.Root;
        var book = OutputFolder.Of(Path.Combine(root, "book"));
        BookZip.Require(book);
        if (Directory.Exists(book))
        {
            BookFolder.Remove(book, cancel);
            AnsiConsole.MarkupLineInterpolated($"Removed [bold]{book}[/]");
        }
        File.Delete(BookZip.PathOf(book));
        // Exports may have been worked in: they are not the runner's alone.
        RunCache.Forget(root, cancel);
        AnsiConsole.MarkupLine("Trainings in [bold]work/training[/] were left alone.");
        return ExitCode.Success;
    }
}
