using System.CommandLine;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Commands;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Linting;

namespace Diffusion.Runner;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // Numbers are read and written alike on every machine, in options, pages and files.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        if (args is [Worker.Command, var pipe, var notebook])
            return await Worker.RunAsync(pipe, notebook);
        if (args is [Checker.Command, var otherPipe, .. var notebooks])
            return Checker.Run(otherPipe, notebooks);

        Terminal.Guard();
        using var signals = new Signals();
        var code = await RunAsync(args, new ProcessFamily(), signals.Asked);
        return code == ExitCode.Cancelled ? signals.Code : code;
    }

    /// <summary>A command as it is typed.</summary>
    /// <param name="children">Who runs and checks notebooks.</param>
    /// <param name="cancel">Asks it to end.</param>
    /// <returns>Its exit code.</returns>
    internal static Task<int> RunAsync(
        string[] args,
        IChildren children,
        CancellationToken cancel
    ) =>
        Mishaps.GuardAsync(
            () => InvokeAsync(args, children, cancel),
            cancel,
            "Nothing was changed."
        );

    private static async Task<int> InvokeAsync(
        string[] args,
        IChildren children,
        CancellationToken cancel
    )
    {
        // A notebook's name may begin with @: no file of arguments is meant.
        var parsed = CommandLine
            .Root(children)
            .Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        Terminal.Prepare(parsed.GetValue(CommandLine.Quiet));
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // Signals does it, and knows which one it was.
                ProcessTerminationTimeout = null,
                // What was typed may be a file's name, and it is repeated.
                Error = new VisibleWriter(System.Console.Error),
            },
            cancel
        );
        return parsed.Errors.Count > 0 ? ExitCode.Unusable : code;
    }
}
