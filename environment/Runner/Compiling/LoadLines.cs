using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Linting;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Compiling;

/// <summary>A cell's <c>#load</c> lines, taken out of it, so that one compilation of the files does for every notebook.</summary>
/// <param name="Loads">Nothing but the lines, with absolute paths.</param>
/// <param name="Rest">The cell with empty lines in their place.</param>
internal sealed record LoadLines(string Loads, string Rest)
{
    /// <summary>Divides a cell; null where it loads nothing, or where dividing it could be noticed.</summary>
    /// <remarks>
    /// A cell that declares nothing means the same behind the files as together with them. One that
    /// does could be used by the files, or clash with them.
    /// </remarks>
    /// <param name="code">The cell.</param>
    /// <param name="folder">What the paths are relative to.</param>
    public static LoadLines? Of(string code, string folder)
    {
        if (!code.Contains("#load", StringComparison.Ordinal))
            return null;
        var root = ScriptSyntax.Parse(code);
        var loads = ScriptSyntax.Loads(root).ToArray();
        if (
            loads.Length == 0
            || root.ContainsDiagnostics
            || root.Usings.Count + root.Externs.Count + root.AttributeLists.Count > 0
            || root.GetReferenceDirectives().Count > 0
            || root.Members.Any(m => m is not GlobalStatementSyntax)
            || root.DescendantNodes()
                .Any(n => n is DeclarationExpressionSyntax or SingleVariableDesignationSyntax)
        )
            return null;
        var paths = loads.Select(l => Path.GetFullPath(l.File.ValueText, folder)).ToArray();
        // Written so that no character of a path can end the line's string.
        if (paths.Any(p => p.Contains('"') || p.Any(char.IsControl)))
            return null;
        var lines = code.Split('\n');
        foreach (var load in loads)
            lines[load.GetLocation().GetLineSpan().StartLinePosition.Line] = "";
        return new LoadLines(
            string.Join('\n', paths.Select(p => $"#load \"{p}\"")),
            string.Join('\n', lines)
        );
    }
}
