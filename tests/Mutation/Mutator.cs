using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Diffusion.Mutation;

/// <summary>
/// Puts all changes into a file at once, each behind a switch: <c>a + b</c> becomes
/// <c>(MutantSwitch.Is(7) ? a - b : a + b)</c>. So everything is compiled once.
/// </summary>
/// <param name="model">Of the file as it is.</param>
/// <param name="found">Is told of each change.</param>
internal sealed partial class Mutator(SemanticModel model, string file, ICollection<Mutant> found)
    : CSharpSyntaxRewriter
{
    private static readonly Dictionary<SyntaxKind, SyntaxKind> Operators = new()
    {
        [SyntaxKind.AddExpression] = SyntaxKind.SubtractExpression,
        [SyntaxKind.SubtractExpression] = SyntaxKind.AddExpression,
        [SyntaxKind.MultiplyExpression] = SyntaxKind.DivideExpression,
        [SyntaxKind.DivideExpression] = SyntaxKind.MultiplyExpression,
        [SyntaxKind.LessThanExpression] = SyntaxKind.LessThanOrEqualExpression,
        [SyntaxKind.LessThanOrEqualExpression] = SyntaxKind.LessThanExpression,
        [SyntaxKind.GreaterThanExpression] = SyntaxKind.GreaterThanOrEqualExpression,
        [SyntaxKind.GreaterThanOrEqualExpression] = SyntaxKind.GreaterThanExpression,
        [SyntaxKind.EqualsExpression] = SyntaxKind.NotEqualsExpression,
        [SyntaxKind.NotEqualsExpression] = SyntaxKind.EqualsExpression,
        [SyntaxKind.LogicalAndExpression] = SyntaxKind.LogicalOrExpression,
        [SyntaxKind.LogicalOrExpression] = SyntaxKind.LogicalAndExpression,
    };

    private static readonly Dictionary<string, string> Functions = new()
    {
        ["sqrt"] = "square",
        ["square"] = "sqrt",
        ["Sqrt"] = "Abs",
        ["cos"] = "sin",
        ["sin"] = "cos",
        ["Cos"] = "Sin",
        ["Sin"] = "Cos",
        ["exp"] = "abs",
        ["Exp"] = "Abs",
        ["log"] = "abs",
        ["Log"] = "Abs",
        ["Min"] = "Max",
        ["Max"] = "Min",
        ["minimum"] = "maximum",
        ["maximum"] = "minimum",
        ["rsqrt"] = "sqrt",
    };

    public override SyntaxNode? VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        var inner = (BinaryExpressionSyntax)base.VisitBinaryExpression(node)!;
        if (
            !Operators.TryGetValue(node.Kind(), out var other)
            || !IsMutable(node)
            || (IsArithmetic(node.Kind()) && !IsNumber(TypeOf(node)))
        )
            return inner;
        return Switched(node, inner, BinaryExpression(other, node.Left, node.Right));
    }

    public override SyntaxNode? VisitLiteralExpression(LiteralExpressionSyntax node)
    {
        if (
            !node.IsKind(SyntaxKind.NumericLiteralExpression)
            || !IsMutable(node)
            || !IsNumber(model.GetTypeInfo(node).ConvertedType)
        )
            return node;
        var text = node.Token.Text;
        var other = node.Token.Value switch
        {
            int n => (n + 1).ToString(CultureInfo.InvariantCulture),
            long n => (n + 1).ToString(CultureInfo.InvariantCulture) + "L",
            float x => Twice(x) + "f",
            double x => Twice(x) + "d",
            _ => null,
        };
        return other is null || text.StartsWith("0x", StringComparison.Ordinal)
            ? node
            : Switched(node, node, ParseExpression(other));
    }

    public override SyntaxNode? VisitPrefixUnaryExpression(PrefixUnaryExpressionSyntax node)
    {
        var inner = (PrefixUnaryExpressionSyntax)base.VisitPrefixUnaryExpression(node)!;
        return
            (
                node.IsKind(SyntaxKind.LogicalNotExpression)
                || (
                    node.IsKind(SyntaxKind.UnaryMinusExpression)
                    && node.Operand is not LiteralExpressionSyntax
                )
            ) && IsMutable(node)
            ? Switched(node, inner, node.Operand)
            : inner;
    }

    public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        var inner = (InvocationExpressionSyntax)base.VisitInvocationExpression(node)!;
        SimpleNameSyntax? name = node.Expression switch
        {
            MemberAccessExpressionSyntax member => member.Name,
            IdentifierNameSyntax identifier => identifier,
            _ => null,
        };
        if (
            name is not IdentifierNameSyntax
            || !Functions.TryGetValue(name.Identifier.Text, out var other)
            || !IsMutable(node)
            || !IsNumber(TypeOf(node))
        )
            return inner;
        return Switched(node, inner, node.ReplaceNode(name, IdentifierName(other)));
    }

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        var inner = (ExpressionStatementSyntax)base.VisitExpressionStatement(node)!;
        // Left out: what is done to something that is there already.
        var leavable =
            node.Expression
            is InvocationExpressionSyntax
                or AssignmentExpressionSyntax
                {
                    RawKind: not (int)SyntaxKind.SimpleAssignmentExpression
                };
        if (!leavable || !IsMutable(node) || IsDisposal(node))
            return inner;
        var number = Note(node, "nothing");
        return ParseStatement($"if (!MutantSwitch.Is({number})) {{ {inner.ToFullString()} }}\n")
            .WithLeadingTrivia(node.GetLeadingTrivia());
    }

    /// <summary>A program of TorchScript is a text: its numbers are changed in the text.</summary>
    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node)
    {
        if (
            node.Declaration.Variables
                is not [{ Initializer.Value: LiteralExpressionSyntax literal } variable]
            || !literal.Token.ValueText.Contains("def forward", StringComparison.Ordinal)
        )
            return base.VisitFieldDeclaration(node);
        var text = literal.Token.ValueText;
        var chain = SymbolDisplay.FormatLiteral(text, quote: true);
        foreach (var number in Numbers().Matches(text).Cast<Match>())
        {
            var value = double.Parse(number.Value, CultureInfo.InvariantCulture);
            var other = Twice(value);
            // A number with a point keeps one: TorchScript tells 1. (a float) from 1 (an int).
            if (number.Value.Contains('.') && !other.Contains('.'))
                other += ".";
            var changed = text[..number.Index] + other + text[(number.Index + number.Length)..];
            var mutant = Note(node, number.Value, other);
            chain =
                $"MutantSwitch.Is({mutant}) ? {SymbolDisplay.FormatLiteral(changed, quote: true)} : {chain}";
        }
        return ParseMemberDeclaration(
                $"private static readonly string {variable.Identifier.Text} = {chain};"
            )!
            .WithTriviaFrom(node);
    }

    private static string Twice<T>(T number)
        where T : System.Numerics.INumber<T> =>
        (T.IsZero(number) ? T.One : number + number).ToString("r", CultureInfo.InvariantCulture);

    private ExpressionSyntax Switched(
        ExpressionSyntax node,
        ExpressionSyntax inner,
        ExpressionSyntax other
    )
    {
        var number = Note(node, other.NormalizeWhitespace().ToString());
        return ParseExpression(
                $"(MutantSwitch.Is({number}) ? ({other.WithoutTrivia().ToFullString()}) : ({inner.WithoutTrivia().ToFullString()}))"
            )
            .WithTriviaFrom(node);
    }

    private int Note(SyntaxNode node, string after) => Note(node, node.ToString(), after);

    private int Note(SyntaxNode node, string before, string after)
    {
        found.Add(
            new Mutant(
                found.Count,
                file,
                node.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
                Blanks().Replace(before, " "),
                Blanks().Replace(after, " ")
            )
        );
        return found.Count - 1;
    }

    private ITypeSymbol? TypeOf(ExpressionSyntax node) => model.GetTypeInfo(node).Type;

    private static bool IsArithmetic(SyntaxKind kind) =>
        kind
            is SyntaxKind.AddExpression
                or SyntaxKind.SubtractExpression
                or SyntaxKind.MultiplyExpression
                or SyntaxKind.DivideExpression;

    private static bool IsNumber(ITypeSymbol? type) =>
        type?.SpecialType
            is SpecialType.System_Int32
                or SpecialType.System_Int64
                or SpecialType.System_Single
                or SpecialType.System_Double
        || type?.Name is "Tensor" or "Scalar";

    private static bool IsDisposal(ExpressionStatementSyntax node) =>
        node.ToString().Contains("Dispose", StringComparison.Ordinal);

    /// <summary>Whether a change there is one of what is computed: no constant, no message, nothing that declares.</summary>
    private static bool IsMutable(SyntaxNode node) =>
        !node.Ancestors()
            .Any(a =>
                a
                    is AttributeSyntax
                        or ThrowExpressionSyntax
                        or ThrowStatementSyntax
                        or InterpolatedStringExpressionSyntax
                        or PatternSyntax
                        or EnumMemberDeclarationSyntax
                        or ParameterSyntax
                        or CaseSwitchLabelSyntax
                || a is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword)
                || a is LocalDeclarationStatementSyntax { IsConst: true }
                || a is MethodDeclarationSyntax { Identifier.Text: "ToString" or "ToHtml" }
            )
        && node.Ancestors().Any(a => a is MemberDeclarationSyntax and not BaseTypeDeclarationSyntax)
        && !node.DescendantNodesAndSelf()
            .Any(d =>
                d is DeclarationPatternSyntax or DeclarationExpressionSyntax or VarPatternSyntax
            )
        && !node.DescendantNodesAndSelf()
            .Any(d => d is RecursivePatternSyntax { Designation: not null });

    [GeneratedRegex("""(?<![\w.])\d+(\.\d*)?(e-?\d+)?(?![\w.])""")]
    private static partial Regex Numbers();

    [GeneratedRegex("""\s+""")]
    private static partial Regex Blanks();
}
