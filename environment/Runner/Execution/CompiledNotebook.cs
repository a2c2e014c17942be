using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Compiling;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>A notebook of which every cell is compiled and none has run.</summary>
/// <param name="Submissions">What each cell runs: nothing for text, more than one piece for an import.</param>
/// <param name="Failures">Why a cell does not compile; the cells behind it were not looked at.</param>
internal sealed record CompiledNotebook(
    IReadOnlyList<IReadOnlyList<CompiledSubmission>> Submissions,
    IReadOnlyList<CellFailure> Failures
)
{
    public static CompiledNotebook Compile(
        string path,
        IReadOnlyList<DibCell> cells,
        Action<Place> looking
    ) =>
        Compile(
            path,
            cells,
            new ScriptSession(Path.GetDirectoryName(path)!, libraries: KeptLibraries.For(path)),
            looking
        );

    public static CompiledNotebook Compile(
        string path,
        IReadOnlyList<DibCell> cells,
        ScriptSession session,
        Action<Place> looking
    )
    {
        var folder = Path.GetDirectoryName(path)!;
        var locator = new FailureLocator(path);
        var compiled = new List<IReadOnlyList<CompiledSubmission>>();
        for (var i = 0; i < cells.Count; i++)
        {
            var current = new Submission(cells[i].Source, path, cells[i].Line);
            var submissions = new List<CompiledSubmission>();
            try
            {
                if (cells[i].Kind == CellKind.CSharp)
                    foreach (var submission in Submission.Of(cells[i], path, folder))
                    {
                        current = submission;
                        looking(new Place(submission.File, i + 1, submission.FirstLine));
                        submissions.AddRange(session.Compile(submission));
                    }
            }
            catch (Exception e)
            {
                // What follows builds on this cell: its errors would only repeat these.
                return new CompiledNotebook([], locator.Locate(e, current, i + 1));
            }
            compiled.Add(submissions);
        }
        return new CompiledNotebook(compiled, []);
    }
}
