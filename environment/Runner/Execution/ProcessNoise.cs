using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
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
    private readonly TaskCompletionSource ended = new();

    /// <summary>Done when the stream has ended: not before any process that inherited it has ended too.</summary>
    public Task Ended => ended.Task;

    public void Listen(Process process)
    {
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null)
                ended.TrySetResult();
            else
                Add(e.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>As the end of a sentence about a crash; empty where the process said nothing.</summary>
    public override string ToString()
    {
        lock (first)
            return first.Count == 0
                ? ""
                : $" It said:\n{string.Join('\n', first.Concat(last.Count == KeptLast ? ["…"] : []).Concat(last))}";
    }

    private void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        line = line.Length <= LongestLine ? line : line[..LongestLine] + "…";
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
