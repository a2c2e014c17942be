using System.Collections.Generic;
using Diffusion.Runner.Book;

namespace Diffusion.Runner.Linting;

/// <summary>What a Markdown cell may not hold.</summary>
internal static class TextRules
{
    public static IEnumerable<Problem> Find(string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
            if (MagicLines.BeginsOtherLanguage(lines[i]))
                yield return new Problem(i, MagicLines.Refusal(lines[i]));
        foreach (var problem in MarkdownText.Problems(text))
            yield return new Problem(problem.Line, problem.Message);
    }
}
