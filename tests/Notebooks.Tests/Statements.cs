using System;
using System.Collections.Generic;
using System.Linq;
using Diffusion.Runner.Notebooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks.Tests;

/// <summary>
/// Takes cells apart that check something or take seconds, so that a check can be run without what merely
/// stands beside it.
/// </summary>
internal static class Statements
{
    /// <returns>The cell's statements, each a cell by itself; those that use what only a later one declares stay with it.</returns>
    public static IEnumerable<DibCell> Of(DibCell cell)
    {
        if (
            cell.Kind != CellKind.CSharp
            || cell.Source.StartsWith('#')
            || !SlowCells.HasBar(cell.Source)
                && !cell.Source.Contains("Check.", StringComparison.Ordinal)
        )
            return [cell];
        var members = CSharpSyntaxTree
            .ParseText(cell.Source, new CSharpParseOptions(kind: SourceCodeKind.Script))
            .GetCompilationUnitRoot()
            .Members;
        var parts = new List<DibCell>();
        for (var (first, start) = (0, 0); first < members.Count; )
        {
            var last = first;
            for (var i = first; i <= last; i++)
                last = Math.Max(last, LastDeclarer(members, i));
            var end = last == members.Count - 1 ? cell.Source.Length : members[last].FullSpan.End;
            var line = cell.Line + cell.Source[..start].Count(c => c == '\n');
            parts.Add(new DibCell(CellKind.CSharp, cell.Source[start..end], line));
            (first, start) = (last + 1, end);
        }
        return parts.Count > 0 ? parts : [cell];
    }

    /// <summary>The last statement that declares what one of them names; itself where that is none behind it.</summary>
    private static int LastDeclarer(SyntaxList<MemberDeclarationSyntax> members, int member)
    {
        var named = members[member]
            .DescendantTokens()
            .Where(t => t.IsKind(SyntaxKind.IdentifierToken))
            .Select(t => t.ValueText)
            .ToHashSet();
        var declarer = members.Count - 1;
        while (declarer > member && !Declared(members[declarer]).Any(named.Contains))
            declarer--;
        return declarer;
    }

    private static IEnumerable<string> Declared(MemberDeclarationSyntax member) =>
        member
            .DescendantNodesAndSelf()
            .Select(n =>
                n switch
                {
                    VariableDeclaratorSyntax v => v.Identifier,
                    SingleVariableDesignationSyntax v => v.Identifier,
                    MethodDeclarationSyntax m => m.Identifier,
                    BaseTypeDeclarationSyntax t => t.Identifier,
                    _ => default,
                }
            )
            .Select(t => t.ValueText)
            .Where(name => name != "");
}
