using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Diffusion.Runner.Execution;

/// <summary>Reads the events of a child process. Cells can write into the pipe too: nothing in it is believed.</summary>
internal static class EventReader
{
    // Of one process; chapters show a few megabytes. And of one line, which is held in memory: three times
    // of what a cell may show.
    private const long MostCharacters = 256L << 20;
    private const int LongestLine = 96 << 20;

    /// <exception cref="InvalidDataException">A line is no event, or there is too much.</exception>
    public static async IAsyncEnumerable<WorkerEvent> ReadAsync(
        Stream pipe,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        using var reader = new StreamReader(pipe);
        var line = new StringBuilder();
        var block = new char[1 << 16];
        var total = 0L;
        int read;
        while ((read = await reader.ReadAsync(block, cancel)) > 0)
        {
            total += read;
            if (total > MostCharacters || line.Length > LongestLine)
                throw new InvalidDataException(
                    $"The notebook showed more than {MostCharacters >> 20} MB, or one cell more than {LongestLine >> 20} MB, and was ended: show less, or write it to a file."
                );
            var start = 0;
            for (
                int end;
                (end = Array.IndexOf(block, '\n', start, read - start)) >= 0;
                start = end + 1
            )
            {
                line.Append(block, start, end - start);
                yield return WorkerEvent.FromJson(line.ToString());
                line.Clear();
            }
            line.Append(block, start, read - start);
        }
        // What is left has no end: the process was ended in the middle of a line.
    }
}
