using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Book;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs the named notebooks.</summary>
internal sealed class RunCommand(TimeSpan cellTimeout)
{
    public async Task<int> RunAsync(
        IReadOnlyList<string> files,
        string? output,
        CancellationToken cancel
    )
    {
        var results = await new Report(cellTimeout).RunAllAsync(Chapters.Named(files), cancel);
        var failed = results.Any(r => r.Failure is not null);
        if (output is not null && !failed)
        {
            FolderSwap.Write(
                Path.GetFullPath(output),
                folder =>
                    BookWriter.Write(
                        results.Select(r => r.Notebook).ToArray(),
                        Repository.Root,
                        folder
                    ),
                cancel
            );
            AnsiConsole.MarkupLineInterpolated($"The pages are in [bold]{output}[/]");
        }
        return failed ? ExitCode.Failure : ExitCode.Success;
    }
}
