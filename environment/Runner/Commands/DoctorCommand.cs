using System.Collections.Generic;
using Diffusion.Runner.Doctor;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Looks at what the notebooks need of a machine.</summary>
internal static class DoctorCommand
{
    /// <param name="fix">Also cure TorchSharp's copies in the package folder, which notebook hosts use.</param>
    public static int Run(bool fix)
    {
        var troubles = 0;
        foreach (var finding in Examine(Repository.Root, fix))
        {
            if (finding.Verdict == Verdict.Trouble)
            {
                troubles++;
                Terminal.Complain($"TROUBLE  {finding.Text}");
                continue;
            }
            var (word, colour) =
                finding.Verdict == Verdict.Good ? ("ok     ", "green") : ("note   ", "yellow");
            AnsiConsole.MarkupLine($"[{colour}]{word}[/]  {Markup.Escape(finding.Text)}");
        }
        return troubles == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static IEnumerable<Finding> Examine(string root, bool fix) =>
        [
            .. Machine.Examine(),
            .. DotnetTools.Examine(root),
            .. NativeLibraries.Examine(fix),
            .. RepositoryFiles.Examine(root),
        ];
}
