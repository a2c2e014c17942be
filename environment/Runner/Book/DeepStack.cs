using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Diffusion.Runner.Book;

/// <summary>A thread for work that calls itself as deep as its input is nested.</summary>
internal static class DeepStack
{
    // Address space; memory is taken as far as the calls go. Sixteen times what the limits of formulas and
    // text cells need.
    private const int Bytes = 64 << 20;

    /// <summary>Waits for the work; what it throws is thrown here.</summary>
    public static void Run(Action work)
    {
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    thrown = ExceptionDispatchInfo.Capture(e);
                }
            },
            Bytes
        )
        {
            IsBackground = true,
        };
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }
}
