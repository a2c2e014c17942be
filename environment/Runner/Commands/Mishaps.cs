using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Turns what stops a command into one sentence and an exit code.</summary>
internal static class Mishaps
{
    private const string Details = "DIFFUSION_DETAILS";

    /// <param name="command">Returns its exit code.</param>
    /// <param name="cancel">Asks it to end.</param>
    /// <param name="whenCancelled">What became of its work then.</param>
    public static async Task<int> GuardAsync(
        Func<Task<int>> command,
        CancellationToken cancel,
        string whenCancelled
    )
    {
        try
        {
            try
            {
                return await command();
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                AnsiConsole.MarkupLineInterpolated($"[yellow]Cancelled.[/] {whenCancelled}");
                return ExitCode.Cancelled;
            }
            catch (Exception e) when (e is not OutputException)
            {
                return Say(e);
            }
        }
        catch (OutputException e)
        {
            // Whoever closed the terminal asked for the end too.
            if (cancel.IsCancellationRequested)
                return ExitCode.Cancelled;
            Console.Error.WriteLine(VisibleText.Of(e.Message));
            return ExitCode.Unusable;
        }
    }

    private static int Say(Exception e)
    {
        if (e is NotebookException or IOException or UnauthorizedAccessException)
        {
            Terminal.Complain($"{e.Message}");
            return ExitCode.Unusable;
        }
        Terminal.Complain(
            $"The runner itself failed ({e.GetType().Name}: {e.Message}): please report it, with what {Details}=1 in the environment shows."
        );
        if (Environment.GetEnvironmentVariable(Details) == "1")
            Terminal.Complain($"{e.ToString()}");
        return ExitCode.Defect;
    }
}
