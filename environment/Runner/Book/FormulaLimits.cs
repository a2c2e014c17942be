using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Diffusion.Runner.Book;

/// <summary>How much of a formula is typeset; looked at before KaTeX sees it.</summary>
internal static partial class FormulaLimits
{
    /// <summary>More than seven times the longest formula of the chapters.</summary>
    public const int MostLetters = 2_000;

    /// <summary>Braces, brackets that grow, and environments inside each other.</summary>
    public const int DeepestNesting = 20;

    /// <summary>What is too much of it, as a sentence; null where nothing is.</summary>
    public static string? Refusal(string tex) =>
        Depth(tex) > DeepestNesting
            ? $"The formula '{Beginning(tex)}' is nested more than {DeepestNesting} deep: give names to its parts."
        : tex.Length > MostLetters
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The formula '{Beginning(tex)}' has {tex.Length:N0} letters, and {MostLetters:N0} is the most: split it."
            )
        : null;

    /// <summary>So much of a formula that an author knows it again.</summary>
    public static string Beginning(string tex) => tex.Length <= 80 ? tex : tex[..80] + " …";

    private static int Depth(string tex)
    {
        var (depth, deepest) = (0, 0);
        foreach (var sign in Sign().EnumerateMatches(tex))
        {
            depth += tex.AsSpan(sign.Index, sign.Length) switch
            {
                "{" or @"\left" or @"\begin" or @"\begingroup" or @"\bgroup" => 1,
                "}" or @"\right" or @"\end" or @"\endgroup" or @"\egroup" => -1,
                _ => 0,
            };
            deepest = Math.Max(deepest, depth);
        }
        return deepest;
    }

    /// <summary>A brace or a command; of <c>\{</c> the brace is part of the command.</summary>
    [GeneratedRegex(@"\\([a-zA-Z]+|.)|[{}]", RegexOptions.Singleline)]
    private static partial Regex Sign();
}
