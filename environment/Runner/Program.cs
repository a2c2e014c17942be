using System;
using System.CommandLine;
using System.Globalization;
using System.Threading.Tasks;
using Diffusion.Runner.Commands;
using Diffusion.Runner.Execution;

namespace Diffusion.Runner;

internal static class Program
{
    // After Ctrl-C workers are killed and unfinished folders removed; nothing else takes longer.
    private static readonly TimeSpan TimeToTidyUp = TimeSpan.FromMinutes(1);

    private static async Task<int> Main(string[] args)
    {
        // Numbers are read and written alike on every machine, in options, pages and files.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        if (args is [Worker.Command, var pipe, var notebook])
            return await Worker.RunAsync(pipe, notebook);

        var parsed = CommandLine.Root().Parse(args);
        Terminal.Prepare(parsed.GetValue(CommandLine.Quiet));
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration { ProcessTerminationTimeout = TimeToTidyUp }
        );
        return parsed.Errors.Count > 0 ? ExitCode.Unusable : code;
    }
}
