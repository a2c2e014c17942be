using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Linting;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Compiles and lints notebooks without running them.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(
        IChildren children,
        IReadOnlyList<string> files,
        CancellationToken cancel
    )
    {
        var found = 0;
        await new CheckProcess(children, Chapters.Named(files))
        {
            Checked = (path, failures) =>
            {
                found += failures.Count;
                Tell(path, failures);
            },
        }.RunAsync(cancel);
        return found == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Tell(string path, IReadOnlyList<CellFailure> failures)
    {
        AnsiConsole.MarkupLineInterpolated(
            $"[bold]{Path.GetFileName(path)}[/]  {(failures.Count == 0 ? "compiles" : $"{failures.Count} found")}"
        );
        foreach (var failure in failures)
            Terminal.WriteFailure(failure);
    }
}
