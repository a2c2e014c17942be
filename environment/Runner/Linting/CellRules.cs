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
    public static IEnumerable<Problem> Find(string code)
    {
        var lines = code.Split('\n');
        var problems = lines.SelectMany((_, i) => Line(lines, i)).ToList();
        // A line that the engine splits at is no C#, and neither is the rest then.
        if (lines.Any(MagicLines.Is))
            return problems;

        var root = ScriptSyntax.Parse(code);
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

    private static IEnumerable<Problem> TopLevelUsing(CompilationUnitSyntax root) =>
        root
            .Members.Where(m =>
                m
                    is GlobalStatementSyntax
                    {
                        Statement: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }
                    }
                || m is FieldDeclarationSyntax && m.GetFirstToken().IsKind(SyntaxKind.UsingKeyword)
            )
            .Select(m => m.GetLocation())
            // The parser takes `using var x` for a directive that names a type `var` and stops at x.
            .Concat(root.Usings.Where(u => u.SemicolonToken.IsMissing).Select(u => u.GetLocation()))
            .Select(at =>
                ScriptSyntax.At(
                    at,
                    "'using var' at top level is not allowed in a script: put it into a block { … }."
                )
            );

    private static IEnumerable<Problem> TopLevelRef(CompilationUnitSyntax root) =>
        root
            .Members.Select(m =>
                m switch
                {
                    FieldDeclarationSyntax f => f.Declaration.Type,
                    GlobalStatementSyntax { Statement: LocalDeclarationStatementSyntax local } =>
                        local.Declaration.Type,
                    IncompleteMemberSyntax { Type: RefTypeSyntax type } => type,
                    PropertyDeclarationSyntax
                    {
                        Type: RefTypeSyntax type,
                        AccessorList: null,
                        ExpressionBody: null
                    } => type,
                    MethodDeclarationSyntax
                    {
                        ReturnType: RefTypeSyntax type,
                        ParameterList.OpenParenToken.IsMissing: true
                    } => type,
                    _ => null,
                }
            )
            .Where(type =>
                type is RefTypeSyntax
                || type is GenericNameSyntax { Identifier.ValueText: "Span" or "ReadOnlySpan" }
            )
            .Select(type =>
                ScriptSyntax.At(
                    type!.GetLocation(),
                    "A ref or a Span cannot be a top-level variable of a script: use it inside of a block { … } or a method."
                )
            );

    [GeneratedRegex("""^#r\s+"(?!nuget:|System\.[A-Za-z.]+"\s*$)""")]
    private static partial Regex OwnAssembly();

    [GeneratedRegex("""^#i\s+"nuget:""")]
    private static partial Regex PackageSource();
}
