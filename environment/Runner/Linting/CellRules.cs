using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Linting;

/// <summary>What a code cell may not hold.</summary>
internal static partial class CellRules
{
    [GeneratedRegex("""^#r\s+"(?!nuget:|System\.[A-Za-z.]+"\s*$)""")]
    private static partial Regex OwnAssembly();

    public static IEnumerable<Problem> Find(string code)
    {
        var problems = new List<Problem>();
        var lines = code.Split('\n');
        Lines(lines, problems);
        if (lines.Any(IsMagic))
            return problems;

        var root = ScriptSyntax.Parse(code);
        problems.AddRange(LoadOrder(root));
        problems.AddRange(TopLevelUsing(root));
        problems.AddRange(TopLevelRef(root));
        problems.AddRange(ScriptSyntax.NamespacesAndExtensions(root));
        problems.AddRange(TypesThatTouchVariables(root));
        return problems;
    }

    /// <summary>The engine splits a cell at these lines before any compiler sees it, even inside of a string.</summary>
    private static void Lines(string[] lines, List<Problem> problems)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (OwnAssembly().IsMatch(line))
                problems.Add(
                    new Problem(
                        i,
                        "#r takes a package ('nuget: name, version') or a part of .NET ('System.…') here: a path would exist on one machine only."
                    )
                );
            if (!IsMagic(line))
                continue;
            if (!line.StartsWith("#!import", StringComparison.Ordinal))
                problems.Add(
                    new Problem(
                        i,
                        "A line that begins with #! splits the cell, even inside of a string, and only #!import is used inside of cells: take the line out or indent it."
                    )
                );
            else if (lines.Where((other, at) => at != i && !IsBlankOrComment(other)).Any())
                problems.Add(
                    new Problem(
                        i,
                        "#!import needs a cell of its own: the engine runs what stands around it separately."
                    )
                );
        }
    }

    private static bool IsMagic(string line) => line.StartsWith("#!", StringComparison.Ordinal);

    private static bool IsBlankOrComment(string line) =>
        string.IsNullOrWhiteSpace(line)
        || line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    private static IEnumerable<Problem> LoadOrder(CompilationUnitSyntax root)
    {
        var first = root.ChildNodes().FirstOrDefault()?.SpanStart ?? int.MaxValue;
        return root.DescendantTrivia(descendIntoTrivia: true)
            .Where(t => t.IsKind(SyntaxKind.LoadDirectiveTrivia) && t.SpanStart > first)
            .Select(t =>
                ScriptSyntax.At(
                    t.GetLocation(),
                    "#load must be the first thing in its cell: move it up, or give it a cell of its own."
                )
            );
    }

    private static IEnumerable<Problem> TopLevelUsing(CompilationUnitSyntax root) =>
        root
            .Members.OfType<GlobalStatementSyntax>()
            .Where(m =>
                m.Statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }
            )
            .Select(m => m.GetLocation())
            .Concat(
                root.Members.OfType<FieldDeclarationSyntax>()
                    .Where(f =>
                        f.Modifiers.Any(SyntaxKind.UsingKeyword)
                        || f.GetFirstToken().IsKind(SyntaxKind.UsingKeyword)
                    )
                    .Select(f => f.GetLocation())
            )
            .Select(at =>
                ScriptSyntax.At(
                    at,
                    "'using var' at top level is not allowed in a script: put it into a block { … }."
                )
            );

    private static IEnumerable<Problem> TopLevelRef(CompilationUnitSyntax root) =>
        root
            .Members.OfType<FieldDeclarationSyntax>()
            .Where(f =>
                f.Declaration.Type is RefTypeSyntax
                || f.Declaration.Type.ToString() is var type
                    && (
                        type.StartsWith("Span<", StringComparison.Ordinal)
                        || type.StartsWith("ReadOnlySpan<", StringComparison.Ordinal)
                    )
            )
            .Select(f =>
                ScriptSyntax.At(
                    f.GetLocation(),
                    "A ref or a Span cannot be a top-level variable of a script: use it inside of a method or block."
                )
            );

    /// <summary>
    /// A type in a script is nested in a class that the engine makes anew; it cannot reach the
    /// script's variables, which belong to an instance of that class.
    /// </summary>
    private static IEnumerable<Problem> TypesThatTouchVariables(CompilationUnitSyntax root)
    {
        var variables = root
            .Members.OfType<FieldDeclarationSyntax>()
            .SelectMany(f => f.Declaration.Variables)
            .Select(v => v.Identifier.ValueText)
            .ToHashSet();
        foreach (var type in root.Members.OfType<TypeDeclarationSyntax>())
        {
            var own = type.DescendantNodes()
                .Select(n =>
                    n switch
                    {
                        VariableDeclaratorSyntax v => v.Identifier.ValueText,
                        ParameterSyntax p => p.Identifier.ValueText,
                        PropertyDeclarationSyntax p => p.Identifier.ValueText,
                        MethodDeclarationSyntax m => m.Identifier.ValueText,
                        SingleVariableDesignationSyntax d => d.Identifier.ValueText,
                        ForEachStatementSyntax f => f.Identifier.ValueText,
                        _ => null,
                    }
                )
                .ToHashSet();
            foreach (var name in type.DescendantNodes().OfType<IdentifierNameSyntax>())
                if (
                    variables.Contains(name.Identifier.ValueText)
                    && !own.Contains(name.Identifier.ValueText)
                    && name.Parent
                        is not (MemberAccessExpressionSyntax { Expression: var left } and not null)
                )
                    yield return ScriptSyntax.At(
                        name.GetLocation(),
                        $"The type '{type.Identifier}' uses the top-level variable '{name}', which a type in a script cannot reach: hand it over as a parameter."
                    );
        }
    }
}
