using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;

namespace Diffusion.Runner.Commands;

/// <summary>Ctrl-C, Ctrl-\, and what else asks a program to end: the command tidies up and ends.</summary>
internal sealed class Signals : IDisposable
{
    // A training finishes its step and keeps a checkpoint; nothing else takes as long.
    private static readonly TimeSpan TimeToTidyUp = TimeSpan.FromMinutes(1);

    // As a shell says it: 128 and the signal's number.
    private static readonly Dictionary<PosixSignal, int> Codes = new()
    {
        [PosixSignal.SIGHUP] = 128 + 1,
        [PosixSignal.SIGINT] = ExitCode.Cancelled,
        [PosixSignal.SIGQUIT] = 128 + 3,
        [PosixSignal.SIGTERM] = ExitCode.Terminated,
    };

    private readonly CancellationTokenSource asked = new();
    private readonly IReadOnlyList<PosixSignalRegistration> registrations;
    private Timer? patience;

    public Signals() =>
        registrations = Codes.Keys.Select(s => PosixSignalRegistration.Create(s, End)).ToArray();

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Asked => asked.Token;

    /// <summary>The exit code that tells of the first signal.</summary>
    public int Code { get; private set; } = ExitCode.Cancelled;

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        patience?.Dispose();
        asked.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        if (patience is not null)
            return;
        Code = Codes[context.Signal];
        patience = new Timer(
            _ => Environment.Exit(Code),
            null,
            TimeToTidyUp,
            Timeout.InfiniteTimeSpan
        );
        asked.Cancel();
    }
}
