using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;

namespace Diffusion.Runner.Execution;

/// <summary>How a child process of the runner lives and ends: with its parent, and with all that it started.</summary>
internal sealed class ChildLife : IDisposable
{
    private readonly PosixSignalRegistration interrupt;

    /// <summary>
    /// Ctrl-C in a terminal reaches every process: this one leaves it to its parent, which reports it
    /// and ends this one. The parent holds the other end of the standard input; where that closes, the
    /// parent is gone, and nobody would read what this process finds out.
    /// </summary>
    public ChildLife()
    {
        Descendants.AdoptOrphans();
        interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            context => context.Cancel = true
        );
        var input = Console.OpenStandardInput();
        new Thread(() => EndBehind(input)) { IsBackground = true }.Start();
    }

    public void Dispose() => interrupt.Dispose();

    private static void EndBehind(Stream input)
    {
        try
        {
            while (input.ReadByte() >= 0) { }
        }
        catch (IOException)
        {
            // As good as its end.
        }
        Descendants.End(new HashSet<int>());
        Process.GetCurrentProcess().Kill();
    }
}
