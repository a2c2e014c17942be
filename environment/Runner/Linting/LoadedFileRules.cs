using System;
using System.Collections.Generic;

namespace Diffusion.Runner.Linting;

/// <summary>What a file that is <c>#load</c>ed may not hold.</summary>
internal static class LoadedFileRules
{
    public static IEnumerable<Problem> Find(string code)
    {
        var lines = code.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("#r ", StringComparison.Ordinal))
                yield return new Problem(
                    i,
                    "#r does not work inside of a loaded file: package lines belong into the environment notebook."
                );
            if (lines[i].StartsWith("#!", StringComparison.Ordinal))
                yield return new Problem(
                    i,
                    "A line that begins with #! means nothing in a loaded file: take it out."
                );
        }
        foreach (var problem in ScriptSyntax.NamespacesAndExtensions(ScriptSyntax.Parse(code)))
            yield return problem;
    }
}
