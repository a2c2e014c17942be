using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Diffusion.Runner.Execution;

/// <summary>Who does the work that may crash, hang or leak.</summary>
internal interface IChildren
{
    /// <param name="command">A hidden command of this program.</param>
    /// <param name="arguments">What comes behind it.</param>
    /// <param name="environment">Variables that the work gets; the reader's own settings win.</param>
    /// <param name="take">Told of each event; an <see cref="InvalidDataException"/> says that it is none.</param>
    /// <param name="end">Ends the work.</param>
    Task<Ending> RunAsync(
        string command,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Action<WorkerEvent> take,
        CancellationToken end
    );
}
