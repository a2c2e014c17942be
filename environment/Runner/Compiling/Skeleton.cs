using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Compiling;

/// <summary>A file's declarations without what stands in the bodies: all of it that code elsewhere can see.</summary>
internal static class Skeleton
{
    /// <summary>The file without bodies; null where it holds more than types, or can't be said shorter.</summary>
    public static string? Of(SyntaxTree tree)
    {
        var root = (CompilationUnitSyntax)tree.GetRoot();
        if (
            root.Members.Any(m => m is not (BaseTypeDeclarationSyntax or DelegateDeclarationSyntax))
        )
            return null;
        var bare = new WithoutBodies().Visit(root).ToFullString();
        return CSharpSyntaxTree
            .ParseText(bare, (CSharpParseOptions)tree.Options)
            .GetDiagnostics()
            .Any()
            ? null
            : bare;
    }

    private sealed class WithoutBodies : CSharpSyntaxRewriter
    {
        private static readonly BlockSyntax Block = (BlockSyntax)
            SyntaxFactory.ParseStatement("{ throw null; }\n");

        private static readonly ArrowExpressionClauseSyntax Arrow =
            SyntaxFactory.ArrowExpressionClause(SyntaxFactory.ParseExpression(" throw null"));

        public override SyntaxNode? VisitBlock(BlockSyntax node) =>
            node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax ? Block : node;

        public override SyntaxNode? VisitArrowExpressionClause(ArrowExpressionClauseSyntax node) =>
            Arrow;
    }
}
