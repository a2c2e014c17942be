using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Diffusion.Runner.Book;

/// <summary>
/// The words that <c>docs/glossary.md</c> explains. The first use of each on a page becomes a link with
/// the explanation as its tooltip.
/// </summary>
internal sealed partial class Glossary
{
    private readonly Dictionary<string, string> meanings = new(StringComparer.OrdinalIgnoreCase);
    private readonly Regex? words;

    private Glossary(string text)
    {
        text = text.ReplaceLineEndings("\n");
        Source = text;
        foreach (Match entry in Entry().Matches(text))
            meanings[entry.Groups["word"].Value.Trim()] = entry.Groups["meaning"].Value.Trim();
        if (meanings.Count > 0)
            // Longer words first, so that "guidance scale" is not taken for something shorter; a plural is the word too.
            words = new Regex(
                $@"(?<![\w-])({string.Join('|', meanings.Keys.OrderByDescending(w => w.Length).Select(Regex.Escape))})s?(?![\w-])",
                RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
            );
    }

    /// <summary>The page in Markdown; empty where there is no glossary.</summary>
    public string Source { get; }

    public bool IsEmpty => meanings.Count == 0;

    /// <param name="repositoryRoot">Where <c>docs/glossary.md</c> is looked for.</param>
    public static Glossary In(string repositoryRoot)
    {
        var path = Path.Combine(repositoryRoot, "docs", "glossary.md");
        return new Glossary(File.Exists(path) ? SourceFile.Read(path) : "");
    }

    /// <summary>Turns the first use of each word in running text into a link.</summary>
    /// <param name="document">One cell.</param>
    /// <param name="explained">Words that this page has explained already; the new ones are added.</param>
    public void Link(MarkdownDocument document, HashSet<string> explained)
    {
        if (words is null)
            return;
        foreach (var paragraph in document.Descendants<ParagraphBlock>().ToArray())
        foreach (var literal in paragraph.Inline!.Descendants<LiteralInline>().ToArray())
            if (!IsInLink(literal))
                Link(literal, explained);
    }

    private void Link(LiteralInline literal, HashSet<string> explained)
    {
        var text = literal.Content.ToString();
        var at = 0;
        foreach (Match use in words!.Matches(text))
        {
            var word = use.Groups[1].Value;
            if (!meanings.TryGetValue(word, out var meaning) || !explained.Add(word))
                continue;
            literal.InsertBefore(new LiteralInline(text[at..use.Index]));
            literal.InsertBefore(
                new HtmlInline(
                    $"<a class=\"term\" href=\"{PageLink.To("glossary.html", Anchor(word))}\" title=\"{WebUtility.HtmlEncode(meaning)}\">{WebUtility.HtmlEncode(use.Value)}</a>"
                )
            );
            at = use.Index + use.Length;
        }
        if (at > 0)
            literal.ReplaceBy(new LiteralInline(text[at..]));
    }

    private static bool IsInLink(Inline inline)
    {
        for (var parent = inline.Parent; parent is not null; parent = parent.Parent)
            if (parent is LinkInline)
                return true;
        return false;
    }

    /// <summary>As Markdig makes it of the heading.</summary>
    private static string Anchor(string word) => Markdig.Helpers.LinkHelper.Urilize(word, true);

    [GeneratedRegex(@"^## (?<word>[^\n]+)\n+(?<meaning>[^\n]+)", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
