using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
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
        var root = notebooks
            .Select(n => Repository.Above(Path.GetDirectoryName(n)!))
            .FirstOrDefault();
        var memory = root is null ? PageMemory.None : PageMemory.Of(root);
        var texts = new TextCheck(memory);
        foreach (var notebook in notebooks)
        {
            foreach (var failure in Check(notebook, texts, report))
                report(new WorkerEvent { Failure = failure });
            report(new WorkerEvent { Checked = true });
        }
        memory.Keep();
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
            if (KeptChecks.Holds(notebook))
                return [];
            var refusals = Linter.Check(notebook, out var files, Look);
            if (refusals.Count > 0)
                return refusals;
            var failures = Compilation.Check(notebook, Look);
            Look(new Place(notebook, 0, 0));
            CellFailure[] found = [.. failures, .. texts.Find(notebook)];
            if (found.Length == 0)
                KeptChecks.Keep(notebook, files);
            return found;
        }
        catch (Exception e)
        {
            return [place.Fail(e, notebook)];
        }
    }
}
