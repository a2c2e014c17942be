using System;
using System.IO;
using System.IO.Pipes;
using System.Threading;

namespace Diffusion.Runner.Execution;

/// <summary>The end of the pipe that a child process tells its parent by.</summary>
internal sealed class EventPipe : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter writer;

    /// <param name="handle">As the parent gave it.</param>
    public EventPipe(string handle) =>
        writer = new StreamWriter(new AnonymousPipeClientStream(PipeDirection.Out, handle))
        {
            AutoFlush = true,
        };

    public void Report(WorkerEvent e)
    {
        lock (gate)
            writer.WriteLine(e.ToJson());
    }

    public void Dispose() => writer.Dispose();
}
