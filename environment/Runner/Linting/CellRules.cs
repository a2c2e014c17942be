using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Linting;

/// <summary>What a code cell may not hold.</summary>
internal static partial class CellRules
{
    /// <param name="parsed">The cell's syntax, where it is asked for.</param>
    public static IEnumerable<Problem> Find(string code, Lazy<CompilationUnitSyntax> parsed)
    {
        var lines = code.Split('\n');
        var problems = lines.SelectMany((_, i) => Line(lines, i)).ToList();
        // A line that the engine splits at is no C#, and neither is the rest then.
        if (lines.Any(MagicLines.Is))
            return problems;

        var root = parsed.Value;
        problems.AddRange(LoadOrder(root));
        problems.AddRange(TopLevelUsing(root));
        problems.AddRange(TopLevelRef(root));
        problems.AddRange(ScriptSyntax.NamespacesAndExtensions(root));
        return problems.OrderBy(p => p.Line);
    }

    /// <summary>The engine acts on these lines before any compiler sees them, even inside of a string.</summary>
    private static IEnumerable<Problem> Line(string[] lines, int i)
    {
        if (OwnAssembly().IsMatch(lines[i]))
            yield return new Problem(
                i,
                "#r takes a package (\"nuget: name, version\") or a part of .NET (\"System.…\") here: a path would exist on one machine only."
            );
        if (PackageSource().IsMatch(lines[i]))
            yield return new Problem(
                i,
                "#i adds a package source, which a reader of the notebook may not have: leave it out."
            );
        if (!MagicLines.Is(lines[i]))
            yield break;
        if (!ImportDirective.Begins(lines[i]))
            yield return new Problem(i, MagicLines.Refusal(lines[i]));
        else if (ImportDirective.At(lines, i) is null)
            yield return new Problem(
                i,
                "#!import takes one path, with quotation marks where it has spaces, and nothing behind it."
            );
        else if (
            lines.Where((other, at) => at != i && !ImportDirective.IsBlankOrComment(other)).Any()
        )
            yield return new Problem(
                i,
                "#!import needs a cell of its own: the engine runs what stands around it separately."
            );
    }

    private static IEnumerable<Problem> LoadOrder(CompilationUnitSyntax root)
    {
        var first = root.ChildNodes().FirstOrDefault()?.SpanStart ?? int.MaxValue;
        return ScriptSyntax
            .Loads(root)
            .Where(load => load.SpanStart > first)
            .Select(load =>
                ScriptSyntax.At(
                    load.GetLocation(),
                    "#load must be the first thing in its cell: move it up, or give it a cell of its own."
                )
            );
    }

    /// <summary>
    /// The parser of scripts takes <c>using var x</c> for a directive that names a namespace <c>var</c>, and
    /// misses its semicolon; behind the first statement it skips the words instead.
    /// </summary>
    private static IEnumerable<Problem> TopLevelUsing(CompilationUnitSyntax root) =>
        root
            .Usings.Where(u => u.SemicolonToken.IsMissing)
            .Select(u => u.GetLocation())
            .Concat(
                root.DescendantTrivia()
                    .Select(t => t.GetStructure())
                    .OfType<SkippedTokensTriviaSyntax>()
                    .Where(skipped =>
                        skipped.Tokens.FirstOrDefault().IsKind(SyntaxKind.UsingKeyword)
                        && !skipped.Tokens.Last().IsKind(SyntaxKind.SemicolonToken)
                    )
                    .Select(skipped => skipped.GetLocation())
            )
            .Select(at =>
                ScriptSyntax.At(
                    at,
                    "'using var' at top level is not allowed in a script: put it into a block { … }."
                )
            );

    /// <summary>The parser of scripts takes <c>ref int r = …</c> for a method that misses its parenthesis.</summary>
    private static IEnumerable<Problem> TopLevelRef(CompilationUnitSyntax root) =>
        root
            .Members.OfType<MethodDeclarationSyntax>()
            .Where(m => m.ReturnType is RefTypeSyntax && m.ParameterList.OpenParenToken.IsMissing)
            .Select(m =>
                ScriptSyntax.At(
                    m.GetLocation(),
                    "A ref cannot be a top-level variable of a script: use it inside of a block { … } or a method."
                )
            );

    [GeneratedRegex("""^#r\s+"(?!nuget:|System\.[A-Za-z.]+"\s*$)""")]
    private static partial Regex OwnAssembly();

    [GeneratedRegex("""^#i\s+"nuget:""")]
    private static partial Regex PackageSource();
}
