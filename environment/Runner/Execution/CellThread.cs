using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace Diffusion.Runner.Execution;

/// <summary>The one thread that all cells of a notebook start on; it ends with the process.</summary>
/// <remarks>
/// OpenMP gives each thread that calls libtorch helpers of its own. Where there are more of them than
/// cores, they stop spinning for each other and must be woken for every operation: on two cores a
/// sampling step of 10 images then takes 1.8 times as long (benchmarks/README.md).
/// </remarks>
internal sealed class CellThread
{
    private readonly BlockingCollection<Action> work = [];

    public CellThread() =>
        // A cell is no background work: it may use as deep a stack as a main thread has.
        new Thread(Loop, maxStackSize: 8 << 20) { IsBackground = true, Name = "cells" }.Start();

    /// <summary>Starts work on the thread. What comes behind the work's first real wait runs where .NET likes.</summary>
    public Task<T> Run<T>(Func<Task<T>> start)
    {
        var result = new TaskCompletionSource<Task<T>>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        var context = ExecutionContext.Capture();
        work.Add(() =>
        {
            void Start(object? _)
            {
                try
                {
                    result.SetResult(start());
                }
                catch (Exception e)
                {
                    result.SetException(e);
                }
            }
            if (context is null)
                Start(null);
            else
                ExecutionContext.Run(context, Start, null);
        });
        return result.Task.Unwrap();
    }

    private void Loop()
    {
        foreach (var start in work.GetConsumingEnumerable())
            start();
    }
}
