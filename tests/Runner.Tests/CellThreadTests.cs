using System;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Xunit;

namespace Diffusion.Tests.Runner;

public sealed class CellThreadTests
{
    [Fact]
    public async Task EverythingStartsOnOneThreadAndSeesItsCallersContext()
    {
        var thread = new CellThread();
        var said = new AsyncLocal<string>();
        for (var i = 0; i < 3; i++)
        {
            said.Value = $"turn {i}";
            var (name, seen) = await thread.Run(async () =>
            {
                var here = (Thread.CurrentThread.Name, said.Value);
                await Task.Delay(1); // goes on elsewhere
                return here;
            });
            Assert.Equal(("cells", $"turn {i}"), (name, seen));
        }
    }

    [Fact]
    public async Task WhatFailsFailsAtTheCallerAndTheThreadGoesOn()
    {
        var thread = new CellThread();
        await Assert.ThrowsAsync<ArithmeticException>(() =>
            thread.Run<int>(() => throw new ArithmeticException())
        );
        await Assert.ThrowsAsync<ArithmeticException>(() =>
            thread.Run<int>(async () =>
            {
                await Task.Yield();
                throw new ArithmeticException();
            })
        );
        Assert.Equal(5, await thread.Run(() => Task.FromResult(5)));
    }
}
