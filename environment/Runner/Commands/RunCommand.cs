using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
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
        if (output is not null)
            BookFolder.Claim(output);
        var results = await new Report(options).RunAllAsync(Chapters.Named(files), cancel);
        if (results.Any(r => r.Failure is not null))
            return ExitCode.Failure;
        if (output is not null)
        {
            var notebooks = results.Select(r => r.Notebook).ToArray();
            BookFolder.Write(output, notebooks, Repository.Root, cancel);
            AnsiConsole.MarkupLineInterpolated($"The pages are in [bold]{output}[/]");
        }
        return ExitCode.Success;
    }
}
