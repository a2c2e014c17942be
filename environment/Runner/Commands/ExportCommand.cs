extern alias library;

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Book;
using Diffusion.Runner.Notebooks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs notebooks and writes them as <c>.ipynb</c>.</summary>
internal sealed class ExportCommand(RunOptions options)
{
    public async Task<int> RunAsync(
        IReadOnlyList<string> files,
        string output,
        CancellationToken cancel
    )
    {
        var results = await new Report(options).RunAllAsync(Chapters.Named(files), cancel);
        Directory.CreateDirectory(output);
        foreach (var (notebook, failure, _) in results)
            if (failure is null)
                Write(notebook, Path.Combine(output, $"{notebook.Name}.ipynb"));
        return results.Any(r => r.Failure is not null) ? ExitCode.Failure : ExitCode.Success;
    }

    private static void Write(ExecutedNotebook notebook, string path)
    {
        // An earlier copy stays until the new one is complete.
        library::WholeFile.Write(path, unfinished => IpynbWriter.Write(notebook, unfinished));
        AnsiConsole.MarkupLineInterpolated($"Wrote [bold]{path}[/]");
    }
}
