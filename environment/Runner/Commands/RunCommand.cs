using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Outputs;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Runs the named notebooks.</summary>
internal sealed class RunCommand(RunOptions options)
{
    /// <param name="output">Where their pages go; null for none.</param>
    public async Task<int> RunAsync(
        IReadOnlyList<string> files,
        string? output,
        CancellationToken cancel
    )
    {
        var notebooks = Chapters.Named(files);
        var folder = output is null ? null : OutputFolder.OfPages(output, Repository.Root);
        if (folder is not null)
            BookFolder.Claim(folder, notebooks, Repository.Root, cancel);
        var results = await new Report(options).RunAllAsync(notebooks, cancel);
        if (results.Any(r => r.Failure is not null))
            return ExitCode.Failure;
        if (folder is not null)
        {
            var written = results.Select(r => r.Notebook).ToArray();
            BookFolder.Write(folder, written, Repository.Root, cancel);
            AnsiConsole.MarkupLineInterpolated($"The pages are in [bold]{output}[/]");
        }
        return ExitCode.Success;
    }
}
