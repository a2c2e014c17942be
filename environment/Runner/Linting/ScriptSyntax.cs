using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Linting;

/// <summary>Scripts as syntax trees.</summary>
internal static class ScriptSyntax
{
    internal static CSharpParseOptions Options { get; } =
        new(LanguageVersion.CSharp13, kind: SourceCodeKind.Script);

    public static CompilationUnitSyntax Parse(string code) =>
        CSharpSyntaxTree.ParseText(code, Options).GetCompilationUnitRoot();

    /// <summary>The <c>#load</c> lines, wherever they stand.</summary>
    public static IEnumerable<LoadDirectiveTriviaSyntax> Loads(CompilationUnitSyntax root) =>
        root.DescendantTrivia(descendIntoTrivia: true)
            .Select(t => t.GetStructure())
            .OfType<LoadDirectiveTriviaSyntax>();

    /// <summary>What neither a cell nor a loaded file may declare.</summary>
    public static IEnumerable<Problem> NamespacesAndExtensions(CompilationUnitSyntax root)
    {
        foreach (var space in root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
            yield return At(
                space.GetLocation(),
                $"A script cannot declare the namespace '{space.Name}': declare its types at top level."
            );
        foreach (
            var method in root.DescendantNodes()
                .OfType<MethodDeclarationSyntax>()
                .Where(m =>
                    m.Parent is TypeDeclarationSyntax
                    && m.ParameterList.Parameters.Any(p => p.Modifiers.Any(SyntaxKind.ThisKeyword))
                )
        )
            yield return At(
                method.GetLocation(),
                $"The extension method '{method.Identifier}' cannot be in a class of a script, where every type is nested: make it an ordinary static method."
            );
    }

    public static Problem At(Location location, string message) =>
        new(location.GetLineSpan().StartLinePosition.Line, message);
}
