using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Diffusion.Runner.Linting;

/// <summary>
/// How deep brackets are nested, counted word by word: a parser calls itself once a level, and some
/// input costs it twice the time a level.
/// </summary>
internal static class Nesting
{
    // Library and chapters stay below 15.
    private const int Deepest = 200;

    /// <summary>The first line that is nested too deeply; null where none is.</summary>
    public static Problem? Find(string code)
    {
        var (depth, types, line) = (0, 0, 0);
        var (before, last) = (SyntaxKind.None, SyntaxKind.None);
        foreach (var token in SyntaxFactory.ParseTokens(code, options: ScriptSyntax.Options))
        {
            line += LinesIn(token.LeadingTrivia.ToFullString());
            var kind = token.Kind();
            depth += kind switch
            {
                SyntaxKind.OpenParenToken
                or SyntaxKind.OpenBraceToken
                or SyntaxKind.OpenBracketToken => 1,
                SyntaxKind.CloseParenToken
                or SyntaxKind.CloseBraceToken
                or SyntaxKind.CloseBracketToken when depth > 0 => -1,
                _ => 0,
            };
            // A<B<C<…: elsewhere the sign compares.
            if (kind == SyntaxKind.LessThanToken)
                types =
                    last == SyntaxKind.IdentifierToken && before == SyntaxKind.LessThanToken
                        ? types + 1
                        : 1;
            if (depth > Deepest || types > Deepest)
                return new Problem(
                    line,
                    $"Brackets are nested more than {Deepest} deep here, which no compiler stands: take it apart."
                );
            (before, last) = (last, kind);
            line += LinesIn(token.Text) + LinesIn(token.TrailingTrivia.ToFullString());
        }
        return null;
    }

    private static int LinesIn(string text) => text.Count(c => c == '\n');
}
