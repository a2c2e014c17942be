using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Linting;

/// <summary>What a file that is <c>#load</c>ed may not hold.</summary>
internal static partial class LoadedFileRules
{
    public static IEnumerable<Problem> Find(string code, CompilationUnitSyntax root)
    {
        var lines = code.Split('\n');
        return lines
            .SelectMany((line, i) => Line(line, i))
            .Concat(ScriptSyntax.NamespacesAndExtensions(root))
            .OrderBy(p => p.Line);
    }

    private static IEnumerable<Problem> Line(string line, int i)
    {
        if (Reference().IsMatch(line))
            yield return new Problem(
                i,
                "#r does not work inside of a loaded file: package lines belong into the environment notebook."
            );
        if (MagicLines.Is(line))
            yield return new Problem(
                i,
                "A line that begins with #! means nothing in a loaded file: take it out."
            );
    }

    [GeneratedRegex("""^\s*#\s*r\s""")]
    private static partial Regex Reference();
}
