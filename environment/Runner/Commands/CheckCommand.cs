using System.Collections.Generic;
using System.IO;
using Diffusion.Runner.Book;
using Diffusion.Runner.Linting;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Compiles and lints notebooks without running them.</summary>
internal static class CheckCommand
{
    public static int Run(IReadOnlyList<string> files)
    {
        var (found, texts) = (0, new TextCheck());
        foreach (var path in Chapters.Named(files))
        {
            var refusals = Linter.Check(path);
            if (refusals.Count == 0)
                refusals = [.. Compilation.Check(path), .. texts.Find(path)];
            AnsiConsole.MarkupLineInterpolated(
                $"[bold]{Path.GetFileName(path)}[/]  {(refusals.Count == 0 ? "compiles" : $"{refusals.Count} found")}"
            );
            foreach (var refusal in refusals)
                Terminal.WriteFailure(refusal);
            found += refusals.Count;
        }
        return found == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
