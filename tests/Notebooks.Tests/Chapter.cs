using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Native;
using Diffusion.Runner.Notebooks;
using TorchSharp;
using Xunit;

// Cells have the console and the working directory, of which a process has one.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Notebooks.Tests;

/// <summary>A notebook, compiled once in this process. Any of its cells can be run, each time from nothing.</summary>
internal sealed class Chapter
{
    // libtorch's helpers belong to the thread that calls it.
    private static readonly CellThread Thread = new();

    private readonly string path;
    private readonly CompiledNotebook compiled;

    /// <param name="path">A notebook's file, whose folder is the working directory.</param>
    public Chapter(string path)
        : this(path, DibDocument.Read(path).Cells) { }

    /// <param name="cells">What the notebook holds in the place of what stands in the file.</param>
    public Chapter(string path, IReadOnlyList<DibCell> cells)
    {
        (this.path, Cells) = (path, cells);
        compiled = CompiledNotebook.Compile(path, cells, _ => { });
        Assert.True(compiled.Failures.Count == 0, $"{compiled.Failures.FirstOrDefault()}");
        Needs = new CellNeeds(compiled.Submissions);
    }

    public string Name => Path.GetFileNameWithoutExtension(path);

    public IReadOnlyList<DibCell> Cells { get; }

    /// <summary>Which cells a cell builds on.</summary>
    public CellNeeds Needs { get; }

    /// <summary>The places of the code cells, 0 for the notebook's first cell.</summary>
    public IEnumerable<int> Code =>
        Enumerable.Range(0, Cells.Count).Where(i => Cells[i].Kind == CellKind.CSharp);

    /// <summary>The one code cell that holds a text.</summary>
    public int CellWith(string text) =>
        Code.Where(i => Cells[i].Source.Contains(text, StringComparison.Ordinal)).ToArray() switch
        {
            [var only] => only,
            var all => throw new InvalidOperationException(
                $"{Path.GetFileName(path)} has {all.Length} code cells with '{text}', not one: name the cell anew."
            ),
        };

    /// <summary>Runs cells in their order, up to the first that fails.</summary>
    public async Task<(IReadOnlyList<ExecutedCell> Cells, CellFailure? Failure)> RunAsync(
        IEnumerable<int> cells
    )
    {
        TorchNative.Load();
        // The other test projects run beside this one. Threads that wait for each other wait long where others work.
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null)
            torch.set_num_threads(1);
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Path.GetDirectoryName(path)!;
        try
        {
            using var runner = new CellRunner(new RunningScript(Thread), new FailureLocator(path));
            var executed = new List<ExecutedCell>();
            foreach (var i in cells.Order())
            {
                var (cell, failure) = await runner.RunAsync(
                    Cells[i],
                    i + 1,
                    compiled.Submissions[i]
                );
                executed.Add(cell);
                if (failure is not null)
                    return (executed, failure);
            }
            return (executed, null);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }
}
