using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Book;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs notebooks and writes them as <c>.ipynb</c>.</summary>
internal sealed class ExportCommand(TimeSpan cellTimeout)
{
    public async Task<int> RunAsync(
        IReadOnlyList<string> files,
        string output,
        CancellationToken cancel
    )
    {
        var results = await new Report(cellTimeout).RunAllAsync(Chapters.Named(files), cancel);
        Directory.CreateDirectory(output);
        foreach (var (notebook, failure) in results)
        {
            if (failure is not null)
                continue;
            var path = Path.Combine(output, $"{notebook.Name}.ipynb");
            IpynbWriter.Write(notebook, path);
            AnsiConsole.MarkupLineInterpolated($"Wrote [bold]{path}[/]");
        }
        return results.Any(r => r.Failure is not null) ? ExitCode.Failure : ExitCode.Success;
    }
}
