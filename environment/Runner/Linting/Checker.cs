using System;
using System.Collections.Generic;
using Diffusion.Runner.Book;
using Diffusion.Runner.Execution;

namespace Diffusion.Runner.Linting;

/// <summary>The process that lints and compiles notebooks and tells its parent what it found.</summary>
internal static class Checker
{
    /// <summary>The hidden command that a parent starts it with.</summary>
    public const string Command = "checker";

    public static int Run(string pipeHandle, IReadOnlyList<string> notebooks)
    {
        using var life = new ChildLife();
        using var pipe = new EventPipe(pipeHandle);
        var texts = new TextCheck();
        foreach (var notebook in notebooks)
        {
            foreach (var failure in Check(notebook, texts, pipe))
                pipe.Report(new WorkerEvent { Failure = failure });
            pipe.Report(new WorkerEvent { Checked = true });
        }
        return 0;
    }

    private static IReadOnlyList<CellFailure> Check(
        string notebook,
        TextCheck texts,
        EventPipe pipe
    )
    {
        var place = new Place(notebook, 0, 0);
        void Look(Place next)
        {
            place = next;
            pipe.Report(new WorkerEvent { Looking = next });
        }
        try
        {
            var refusals = Linter.Check(notebook, Look);
            if (refusals.Count > 0)
                return refusals;
            var failures = Compilation.Check(notebook, Look);
            Look(new Place(notebook, 0, 0));
            return [.. failures, .. texts.Find(notebook)];
        }
        catch (Exception e)
        {
            return [place.Fail(e, notebook)];
        }
    }
}
