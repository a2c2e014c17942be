using System;
using System.Diagnostics;
using System.Threading;
using Diffusion.Runner.Execution;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>
/// The last line of the terminal, which says what is going on and for how long; where there is no
/// terminal, nothing.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly IAnsiConsole console;
    private readonly Lock gate = new();
    private readonly Timer? timer;
    private readonly Stopwatch clock = new();
    private string? doing;

    public ProgressLine(IAnsiConsole console)
    {
        this.console = console;
        // With NO_COLOR a reader asks for plain text, and a line that is written over is not plain.
        if (
            console.Profile.Capabilities is
            { Ansi: true, Interactive: true, ColorSystem: not ColorSystem.NoColors }
        )
            timer = new Timer(_ => Turn(), null, Tick, Tick);
    }

    /// <summary>From now on the line says this.</summary>
    public void Show(string text)
    {
        lock (gate)
        {
            doing = text;
            clock.Restart();
            Redraw();
        }
    }

    /// <summary>Writes a line above it, for good.</summary>
    public void Write(FormattableString markup)
    {
        lock (gate)
        {
            Clear();
            doing = null;
            console.MarkupLineInterpolated(markup);
        }
    }

    /// <summary>The same with a failure.</summary>
    public void Fail(CellFailure failure)
    {
        lock (gate)
        {
            Clear();
            doing = null;
            Terminal.WriteFailure(failure);
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        lock (gate)
        {
            Clear();
            doing = null;
        }
    }

    private void Turn()
    {
        try
        {
            Redraw();
        }
        catch (OutputException)
        {
            // The terminal is gone; whoever says something next is told.
        }
    }

    private void Redraw()
    {
        lock (gate)
        {
            if (timer is null || doing is null)
                return;
            Clear();
            console.MarkupInterpolated($"  [blue]{doing}[/]  {clock.Elapsed.TotalSeconds, 6:f0} s");
        }
    }

    private void Clear()
    {
        if (timer is not null)
            console.Write(new ControlCode("\r\e[2K"));
    }
}
