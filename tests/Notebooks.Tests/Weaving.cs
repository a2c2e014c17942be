using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Notebooks.Tests;

/// <summary>
/// Builds defects into code, each behind a switch: compiled once, the code is the sound one or has any one
/// of them.
/// </summary>
internal static class Weaving
{
    private const string Switch = "defect";

    /// <summary>Says which defect is on; 0 for none.</summary>
    public static void TurnOn(int number) => AppContext.SetData(Switch, number);

    /// <param name="code">A file of the library.</param>
    /// <param name="defects">What stands there exactly once, what is put in its place, and the number that turns it on.</param>
    public static string Weave(
        string code,
        IEnumerable<(string Text, string Replacement, int Number)> defects
    )
    {
        var root = CSharpSyntaxTree
            .ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script))
            .GetRoot();
        var places = defects
            .Select(d => (Defect: d, Place: PlaceOf(root, Only(code, d.Text))))
            .GroupBy(d => d.Place.Span, d => d)
            .OrderByDescending(g => g.Key.Start);
        var (woven, lastStart) = (code, code.Length);
        foreach (var place in places)
        {
            if (place.Key.End > lastStart)
                throw new InvalidOperationException(
                    $"Two defects lie within each other: {place.First().Defect.Text}"
                );
            lastStart = place.Key.Start;
            var sound = code[place.Key.Start..place.Key.End];
            woven =
                woven[..place.Key.Start]
                + place.Aggregate(
                    sound,
                    (otherwise, d) =>
                        Choice(
                            d.Defect.Number,
                            sound.Replace(
                                d.Defect.Text,
                                d.Defect.Replacement,
                                StringComparison.Ordinal
                            ),
                            otherwise,
                            d.Place is StatementSyntax
                        )
                )
                + woven[place.Key.End..];
        }
        return woven;
    }

    private static string Choice(int number, string broken, string sound, bool isStatement)
    {
        var on = $"System.AppContext.GetData(\"{Switch}\") is {number}";
        return isStatement
            ? $"if ({on}) {{ {broken} }} else {{ {sound} }}"
            : $"({on} ? ({broken}) : ({sound}))";
    }

    private static TextSpan Only(string code, string text)
    {
        var parts = code.Split(text);
        return parts.Length == 2
            ? new TextSpan(parts[0].Length, text.Length)
            : throw new InvalidOperationException(
                $"'{text}' stands there {parts.Length - 1} times, not once: the defect must be described anew."
            );
    }

    /// <summary>The statement that the text stands in, or the whole expression where it says what something is.</summary>
    private static SyntaxNode PlaceOf(SyntaxNode root, TextSpan text)
    {
        var inside = root.FindNode(text)
            .AncestorsAndSelf()
            .TakeWhile(n => n is not (MemberDeclarationSyntax or AccessorDeclarationSyntax))
            .ToArray();
        return inside.FirstOrDefault(n => n is ExpressionStatementSyntax or ReturnStatementSyntax)
            ?? inside.TakeWhile(n => n is not StatementSyntax).OfType<ExpressionSyntax>().Last();
    }
}
