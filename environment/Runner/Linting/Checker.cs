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
        Run(notebooks, pipe.Report);
        return 0;
    }

    /// <param name="report">Told where it looks, what is wrong, and of each notebook's end.</param>
    public static void Run(IReadOnlyList<string> notebooks, Action<WorkerEvent> report)
    {
        var texts = new TextCheck();
        foreach (var notebook in notebooks)
        {
            foreach (var failure in Check(notebook, texts, report))
                report(new WorkerEvent { Failure = failure });
            report(new WorkerEvent { Checked = true });
        }
    }

    private static IReadOnlyList<CellFailure> Check(
        string notebook,
        TextCheck texts,
        Action<WorkerEvent> report
    )
    {
        var place = new Place(notebook, 0, 0);
        void Look(Place next)
        {
            place = next;
            report(new WorkerEvent { Looking = next });
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
