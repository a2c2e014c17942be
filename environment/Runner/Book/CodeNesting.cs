using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Diffusion.Runner.Book;

/// <summary>How deep the parts of a piece of code lie in each other: the compiler's classifier has no limit of its own.</summary>
internal static class CodeNesting
{
    // The chapters' code has less than a quarter of either.
    private const int MostBrackets = 64;
    private const int DeepestTree = 200;

    /// <summary>True where nobody would read it, and the classifier's stack might overflow.</summary>
    /// <param name="code">C#, or what pretends to be.</param>
    public static bool IsTooDeep(string code, CSharpParseOptions options)
    {
        // To parse it, too, takes a stack, and for open parentheses and question marks a time that grows with their square.
        if (HasTooManyBrackets(code))
            return true;
        try
        {
            return IsTooDeep(CSharpSyntaxTree.ParseText(code, options).GetRoot());
        }
        catch (InsufficientExecutionStackException)
        {
            return true;
        }
    }

    private static bool HasTooManyBrackets(string code)
    {
        var (brackets, angles, conditions) = (0, 0, 0);
        foreach (var sign in code)
        {
            brackets = sign switch
            {
                '(' or '[' or '{' => brackets + 1,
                ')' or ']' or '}' => Math.Max(0, brackets - 1),
                _ => brackets,
            };
            angles = sign switch
            {
                '<' => angles + 1,
                '>' => Math.Max(0, angles - 1),
                // What is compared in one statement opens nothing in the next.
                ';' or '{' or '}' => 0,
                _ => angles,
            };
            conditions = sign switch
            {
                '?' => conditions + 1,
                ':' => Math.Max(0, conditions - 1),
                ';' or '{' or '}' => 0,
                _ => conditions,
            };
            if (Math.Max(Math.Max(brackets, angles), conditions) > MostBrackets)
                return true;
        }
        return false;
    }

    private static bool IsTooDeep(SyntaxNode root)
    {
        var waiting = new Stack<(SyntaxNode Node, int Depth)>([(root, 1)]);
        while (waiting.TryPop(out var next))
        {
            if (next.Depth > DeepestTree)
                return true;
            foreach (var child in next.Node.ChildNodes())
                waiting.Push((child, next.Depth + 1));
        }
        return false;
    }
}
