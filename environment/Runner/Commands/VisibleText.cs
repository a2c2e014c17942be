using System.Globalization;
using System.Linq;
using System.Text;

namespace Diffusion.Runner.Commands;

/// <summary>
/// Makes visible what a terminal would act on instead of showing it: control characters, with which a
/// text moves the cursor, sets the clipboard or fakes other lines, and those that turn the direction of
/// writing round.
/// </summary>
internal static class VisibleText
{
    // They join letters and pictures and do nothing else.
    private const int ZeroWidthNonJoiner = 0x200c;
    private const int ZeroWidthJoiner = 0x200d;

    /// <summary>The text with <c>\u001b</c> for the escape character, and so on. Ends of lines and tabs stay.</summary>
    public static string Of(string text)
    {
        if (text.All(c => c is >= ' ' and <= '~' or '\n' or '\t'))
            return text;
        var visible = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            if (Acts(rune))
                visible.Append(rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
            else
                visible.Append(rune);
        return visible.ToString();
    }

    private static bool Acts(Rune rune) =>
        rune.Value is not ('\n' or '\t' or ZeroWidthNonJoiner or ZeroWidthJoiner)
        && Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
