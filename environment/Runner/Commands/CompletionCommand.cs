using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Completions;
using System.Linq;
using System.Text;

namespace Diffusion.Runner.Commands;

/// <summary>
/// Prints a script for bash (and for zsh with bashcompinit): a short name for the runner, and what Tab
/// may put behind it. It is made from the commands themselves, so it can't fall behind them.
/// </summary>
internal static class CompletionCommand
{
    private const string Name = "diffusion";

    public static int Run(RootCommand root)
    {
        Console.Out.Write(Script(root));
        return ExitCode.Success;
    }

    internal static string Script(RootCommand root)
    {
        var script = new StringBuilder(
            $$"""
            # eval "$(dotnet run --project environment/Runner -- completion)"
            {{Name}}() { dotnet run --project environment/Runner -- "$@"; }
            _{{Name}}() {
              local words current="${COMP_WORDS[COMP_CWORD]}"
              case "${COMP_WORDS[1]}" in

            """.ReplaceLineEndings("\n")
        );
        var everywhere = Options(root.Options.Where(o => o.Recursive)).ToArray();
        foreach (var command in root.Subcommands)
            script.Append(
                $"    {command.Name}) words=\"{Words([.. Values(command), .. Options(command.Options), .. everywhere])}\" ;;\n"
            );
        script.Append(
            $"    *) words=\"{Words([.. root.Subcommands.Select(c => c.Name), .. Options(root.Options)])}\" ;;\n"
        );
        return script
            .Append(
                $$"""
                  esac
                  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
                }
                complete -F _{{Name}} {{Name}}

                """.ReplaceLineEndings("\n")
            )
            .ToString();
    }

    /// <summary>Of what a command's arguments may be one of: models, groups of experiments.</summary>
    private static IEnumerable<string> Values(Command command) =>
        command.Arguments.SelectMany(a =>
            a.GetCompletions(CompletionContext.Empty).Select(c => c.Label)
        );

    private static IEnumerable<string> Options(IEnumerable<Option> options) =>
        options.Where(o => !o.Hidden).Select(o => o.Name);

    private static string Words(IEnumerable<string> words) =>
        string.Join(' ', words.Distinct().Order(StringComparer.Ordinal));
}
