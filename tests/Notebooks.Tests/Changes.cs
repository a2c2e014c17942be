using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks.Tests;

/// <summary>Whether a variable may be another one after the place where its name stands.</summary>
internal static class Changes
{
    public static bool Of(SimpleNameSyntax variable)
    {
        SyntaxNode node = variable;
        // From x to x.y, x[0], x.f(…): what happens to these happens to x.
        while (
            node.Parent is MemberAccessExpressionSyntax member && member.Expression == node
            || node.Parent is ElementAccessExpressionSyntax element && element.Expression == node
            || node.Parent is InvocationExpressionSyntax call && call.Expression == node
        )
        {
            node = node.Parent;
            // TorchSharp's own sign for what works in place.
            if (
                node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name }
                && name.EndsWith('_')
            )
                return true;
        }
        return node.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == node,
            PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax => node.Parent.Kind()
                is SyntaxKind.PreIncrementExpression
                    or SyntaxKind.PreDecrementExpression
                    or SyntaxKind.PostIncrementExpression
                    or SyntaxKind.PostDecrementExpression,
            ExpressionStatementSyntax statement => IsDoing(statement),
            ForEachStatementSyntax loop => loop.Expression == node
                && node is InvocationExpressionSyntax,
            ArgumentSyntax argument => OfArgument(argument),
            _ => false,
        };
    }

    private static bool OfArgument(ArgumentSyntax argument) =>
        argument.RefKindKeyword != default
        || argument.Parent switch
        {
            TupleExpressionSyntax tuple => tuple.Parent is AssignmentExpressionSyntax assignment
                && assignment.Left == tuple,
            ArgumentListSyntax { Parent: InvocationExpressionSyntax call } => IsDoing(call),
            _ => false,
        };

    /// <summary>A call whose result nobody takes does something, and so does one that a loop goes through.</summary>
    private static bool IsDoing(InvocationExpressionSyntax call)
    {
        SyntaxNode node = call;
        while (node.Parent is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax)
            node = node.Parent;
        return node.Parent switch
        {
            ExpressionStatementSyntax statement => IsDoing(statement),
            ForEachStatementSyntax => true,
            _ => false,
        };
    }

    /// <summary>Not where the result is shown, or where something is only printed.</summary>
    private static bool IsDoing(ExpressionStatementSyntax statement) =>
        !statement.SemicolonToken.IsMissing
        && !statement.ToString().StartsWith("Console.", StringComparison.Ordinal);
}
