using System.IO;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Removes what the runner can make again: the book, and what it remembers of earlier runs.</summary>
internal static class CleanCommand
{
    public static int Run()
    {
        var root = Repository.Root;
        var book = Path.Combine(root, "book");
        if (Directory.Exists(book))
            BookFolder.Claim(book);
        // Exports may have been worked in: they are not the runner's alone.
        File.Delete($"{book}.zip");
        foreach (var folder in new[] { book, RunCache.FolderIn(root) })
        {
            if (!Directory.Exists(folder))
                continue;
            Removal.Of(folder);
            AnsiConsole.MarkupLineInterpolated($"Removed [bold]{folder}[/]");
        }
        AnsiConsole.MarkupLine("Trainings in [bold]work/training[/] were left alone.");
        return ExitCode.Success;
    }
}
