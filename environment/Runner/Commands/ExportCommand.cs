using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Book;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs notebooks and writes them as <c>.ipynb</c>, into a folder that may hold other things too.</summary>
internal sealed class ExportCommand(RunOptions options)
{
    public async Task<int> RunAsync(
        IReadOnlyList<string> files,
        string output,
        CancellationToken cancel
    )
    {
        var notebooks = Chapters.Named(files);
        var folder = OutputFolder.Of(output);
        Claim(folder, notebooks, cancel);
        var results = await new Report(options).RunAllAsync(notebooks, cancel);
        using (var place = Workplace.Enter(folder, cancel, BookFolder.Waits(folder)))
            foreach (var (notebook, failure, _) in results)
                if (failure is null)
                    Write(notebook, place, Target(folder, notebook.Name));
        return results.Any(r => r.Failure is not null) ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>Makes sure that the files can be written, and replace nothing but earlier ones; asked before anything is run.</summary>
    private static void Claim(
        string folder,
        IReadOnlyList<string> notebooks,
        CancellationToken cancel
    )
    {
        BookFolder.RequireDistinct(notebooks);
        if (Manifest.In(folder) is not null)
            throw new NotebookException(
                $"'{folder}' holds a book's pages, and nothing else may be put there: name another folder with --output."
            );
        foreach (var notebook in notebooks)
            SealedFiles.Require(Target(folder, Path.GetFileNameWithoutExtension(notebook)));
        using var place = Workplace.Enter(folder, cancel, BookFolder.Waits(folder));
    }

    private static string Target(string folder, string name) =>
        Path.Combine(folder, $"{name}.ipynb");

    private static void Write(ExecutedNotebook notebook, Workplace place, string path)
    {
        // An earlier copy stays until the new one is complete.
        var unfinished = Path.Combine(place.Staging, Path.GetFileName(path));
        IpynbWriter.Write(notebook, unfinished);
        // Running took a while.
        SealedFiles.Require(path);
        File.Move(unfinished, path, overwrite: true);
        AnsiConsole.MarkupLineInterpolated($"Wrote [bold]{path}[/]");
    }
}
