using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Links between the repository's own files lead somewhere, on a code host and on disk.</summary>
public sealed class LinkTests
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .UsePipeTables()
        .Build();

    public static TheoryData<string> Documents
    {
        get
        {
            var cases = new TheoryData<string>();
            foreach (var file in Written().Order(StringComparer.Ordinal))
                cases.Add(file);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_to_a_file_and_a_heading(string document)
    {
        var path = Path.Combine(RepositoryRoot.Path, document);
        foreach (var link in Links(path).Where(l => !l.Contains("://") && !l.StartsWith("mailto:")))
        {
            var (file, anchor) = (link.Split('#')[0], link.Split('#').ElementAtOrDefault(1));
            var target =
                file == ""
                    ? path
                    : Path.GetFullPath(
                        Path.Combine(Path.GetDirectoryName(path)!, Uri.UnescapeDataString(file))
                    );
            Assert.True(
                File.Exists(target) || Directory.Exists(target),
                $"{document} links to '{link}', which is not there."
            );
            if (anchor is not null && target.EndsWith(".md"))
                Assert.True(
                    Headings(target).Contains(anchor),
                    $"{document} links to '{link}', but there is no such heading."
                );
        }
    }

    [Fact]
    public void Documents_have_links_to_check() =>
        Assert.True(Written().Sum(d => Links(Path.Combine(RepositoryRoot.Path, d)).Count) > 50);

    private static IEnumerable<string> Written()
    {
        string[] folders = ["", "docs", "data", "environment", "benchmarks", "notebooks"];
        foreach (var folder in folders)
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(RepositoryRoot.Path, folder),
                "*.*",
                folder == "" ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories
            )
        )
        {
            var name = Path.GetRelativePath(RepositoryRoot.Path, file).Replace('\\', '/');
            if (!name.Contains("/bin/") && !name.Contains("/obj/"))
                if (name.EndsWith(".md") || name.EndsWith(".dib"))
                    yield return name;
        }
    }

    private static IReadOnlyList<string> Links(string path) =>
        Parsed(path)
            .Descendants<LinkInline>()
            .Select(l => l.Url ?? "")
            .Where(l => l != "")
            .ToArray();

    private static HashSet<string> Headings(string path) =>
        Parsed(path)
            .Descendants<HeadingBlock>()
            .Select(h => h.GetAttributes().Id ?? "")
            .ToHashSet();

    /// <summary>A notebook's text is what is left of it without its code.</summary>
    private static MarkdownDocument Parsed(string path)
    {
        var text = File.ReadAllText(path);
        if (path.EndsWith(".dib"))
            text = string.Join(
                "\n\n",
                text.Split("\n#!")
                    .Where(part => part.StartsWith("markdown"))
                    .Select(part => part["markdown".Length..])
            );
        return Markdown.Parse(text, Pipeline);
    }
}
