using System.Collections.Generic;
using System.Linq;
using Diffusion.Runner.Execution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks.Tests;

/// <summary>Which cells of a notebook a cell builds on, told from the names that the compiler found in them.</summary>
/// <remarks>
/// A cell needs those that declare what it names, and those before it that change a variable which it
/// names. What changes behind two names for one thing is not seen: whoever runs a few cells of many must
/// see that they pass where they should.
/// </remarks>
internal sealed class CellNeeds
{
    private readonly SortedSet<int> setup = [];
    private readonly SortedSet<int>[] declarers;
    private readonly HashSet<(int Cell, string Name)>[] named;
    private readonly HashSet<(int Cell, string Name)>[] changed;

    /// <param name="submissions">What each cell was compiled to.</param>
    public CellNeeds(IReadOnlyList<IReadOnlyList<CompiledSubmission>> submissions)
    {
        var homes = submissions
            .SelectMany((all, cell) => all.Select(s => (s.Link.Compilation.AssemblyName!, cell)))
            .ToDictionary();
        declarers = submissions.Select(_ => new SortedSet<int>()).ToArray();
        named = submissions.Select(_ => new HashSet<(int, string)>()).ToArray();
        changed = submissions.Select(_ => new HashSet<(int, string)>()).ToArray();
        for (var cell = 0; cell < submissions.Count; cell++)
        {
            var trees = submissions[cell].SelectMany(s => s.Link.Compilation.SyntaxTrees);
            // More than one piece: it imports, or loads the library.
            if (submissions[cell].Count > 1 || trees.Count() > 1)
                setup.Add(cell);
            else if (submissions[cell] is [var only])
                Look(cell, only.Link.Compilation, homes);
        }
    }

    /// <summary>The cell and all that it needs, in order.</summary>
    public IReadOnlyCollection<int> Of(int cell)
    {
        var needed = new SortedSet<int>(setup.Where(s => s <= cell));
        var open = new Stack<int>([cell]);
        while (open.TryPop(out var next))
        {
            if (!needed.Add(next))
                continue;
            foreach (var declarer in declarers[next])
                open.Push(declarer);
            for (var other = 0; other < next; other++)
                if (changed[other].Overlaps(named[next]))
                    open.Push(other);
        }
        return needed;
    }

    private void Look(int cell, Compilation compilation, Dictionary<string, int> homes)
    {
        var tree = compilation.SyntaxTrees.Single();
        var model = compilation.GetSemanticModel(tree);
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var found = model.GetSymbolInfo(name);
            var symbol = found.Symbol ?? found.CandidateSymbols.FirstOrDefault();
            if (
                symbol?.ContainingAssembly?.Name is not string assembly
                || !homes.TryGetValue(assembly, out var home)
                || home == cell
            )
                continue;
            declarers[cell].Add(home);
            if (symbol is not IFieldSymbol { ContainingType.IsScriptClass: true })
                continue;
            named[cell].Add((home, symbol.Name));
            if (Changes.Of(name))
                changed[cell].Add((home, symbol.Name));
        }
    }
}
