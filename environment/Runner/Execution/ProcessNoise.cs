using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace Diffusion.Runner.Execution;

/// <summary>
/// What a process writes to its error stream: native code and the runtime write past the cells'
/// console, and it may explain a crash.
/// </summary>
internal sealed class ProcessNoise
{
    // A stack overflow says so first and then prints thousands of frames.
    private const int KeptFirst = 8;
    private const int KeptLast = 4;
    private const int LongestLine = 300;

    private readonly List<string> first = [];
    private readonly Queue<string> last = [];

    public ProcessNoise(Process process) =>
        Ended = Task.WhenAll(
            UntilItEnds(() => process.StandardOutput.BaseStream.CopyToAsync(Stream.Null)),
            UntilItEnds(() => ListenAsync(process.StandardError))
        );

    /// <summary>Done when the streams have ended: not before any process that inherited them has ended too.</summary>
    public Task Ended { get; }

    /// <summary>As the end of a sentence about a crash; empty where the process said nothing.</summary>
    public override string ToString()
    {
        lock (first)
            return first.Count == 0
                ? ""
                : $" It said:\n{string.Join('\n', first.Concat(last.Count == KeptLast ? ["…"] : []).Concat(last))}";
    }

    private static async Task UntilItEnds(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (Exception e)
            when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody waits for the rest.
        }
    }

    private async Task ListenAsync(StreamReader error)
    {
        // A line may be as long as a disk: only its beginning is kept.
        var line = new StringBuilder();
        var block = new char[4096];
        int read;
        while ((read = await error.ReadAsync(block)) > 0)
            for (var i = 0; i < read; i++)
                if (block[i] != '\n')
                {
                    if (line.Length <= LongestLine)
                        line.Append(block[i]);
                }
                else
                {
                    Add(line.ToString());
                    line.Clear();
                }
        Add(line.ToString());
    }

    private void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        line = line.Length <= LongestLine ? line.TrimEnd('\r') : line[..LongestLine] + "…";
        lock (first)
            if (first.Count < KeptFirst)
                first.Add(line);
            else
            {
                last.Enqueue(line);
                if (last.Count > KeptLast)
                    last.Dequeue();
            }
    }
}
