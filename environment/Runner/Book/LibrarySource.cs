using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Diffusion.Runner.Book;

/// <summary>
/// The library that the notebooks share, as one page of the book, so that the name of a type in a cell
/// can lead to its source.
/// </summary>
internal sealed partial class LibrarySource
{
    /// <summary>The page's file.</summary>
    public const string Page = "library.html";

    private readonly IReadOnlyList<(string Name, string Text)> files;
    private readonly HashSet<string> types;

    private LibrarySource(IReadOnlyList<(string Name, string Text)> files)
    {
        this.files = files;
        types = files.SelectMany(f => Declared(f.Text)).Select(d => d.Name).ToHashSet();
    }

    public bool IsEmpty => files.Count == 0;

    /// <summary>In the order in which <c>lib/Diffusion.csx</c> loads its files; empty where there is none.</summary>
    public static LibrarySource In(string repositoryRoot)
    {
        var list = Path.Combine(repositoryRoot, "lib", "Diffusion.csx");
        return new LibrarySource(
            File.Exists(list)
                ? Load()
                    .Matches(SourceFile.Read(list))
                    .Select(m => m.Groups["file"].Value)
                    // A book is given to others: nothing from elsewhere.
                    .Where(f => !Path.IsPathRooted(f) && !f.Split('/', '\\').Contains(".."))
                    .Select(f =>
                        (
                            Path.GetFileName(f),
                            SourceFile.Read(Path.Combine(Path.GetDirectoryName(list)!, f))
                        )
                    )
                    .ToArray()
                : []
        );
    }

    /// <summary>A cell's code; the first use of each of the library's types is a link to its source.</summary>
    public string Linked(string code, CodeColours colours)
    {
        var linked = new HashSet<string>();
        return colours.ToHtml(
            code,
            (_, name) =>
                types.Contains(name) && linked.Add(name)
                    ? $"<a class=\"t\" href=\"{PageLink.To(Page, name)}\">{WebUtility.HtmlEncode(name)}</a>"
                    : null
        );
    }

    /// <summary>The page; a search finds a file by its name, its types and the words of its documentation.</summary>
    public ChapterPage Written(CodeColours colours) =>
        new(
            Path.GetFileNameWithoutExtension(Page),
            "The library",
            [],
            Body(colours),
            [],
            files.Select(f => new PageSection(Anchor(f.Name), f.Name, Words(f.Text))).ToArray(),
            new PagePolicy()
        );

    private string Body(CodeColours colours)
    {
        var body = new StringBuilder(
            "<h1>The library</h1><p class=\"lead\">What the chapters build by hand, once more, for all of them to use. The files are in the order in which they need each other; those of the samplers and of the network are worth reading first.</p><ul class=\"files\">"
        );
        foreach (var (name, _) in files)
            body.Append(
                $"<li><a href=\"{PageLink.Here(Anchor(name))}\">{WebUtility.HtmlEncode(Path.GetFileNameWithoutExtension(name))}</a></li>"
            );
        body.Append("</ul>");
        foreach (var (name, text) in files)
        {
            var declared = Declared(text).ToDictionary(d => d.Start, d => d.Name);
            var code = colours.ToHtml(
                text.TrimEnd(),
                (start, type) =>
                    declared.ContainsKey(start)
                        ? $"<span class=\"t\" id=\"{WebUtility.HtmlEncode(type)}\">{WebUtility.HtmlEncode(type)}</span>"
                        : null
            );
            body.Append(
                $"<h2 id=\"{WebUtility.HtmlEncode(Anchor(name))}\">{WebUtility.HtmlEncode(name)}</h2><div class=\"listing\"><pre tabindex=\"0\" aria-label=\"{WebUtility.HtmlEncode(name)}\"><code>{code}</code></pre></div>"
            );
        }
        return body.ToString();
    }

    private static string Anchor(string file) => file.Replace('.', '-');

    private static string Words(string text) =>
        string.Join(
            ' ',
            Declared(text)
                .Select(d => d.Name)
                .Concat(
                    Documentation()
                        .Matches(text)
                        .Select(m =>
                            WebUtility.HtmlDecode(Tag().Replace(m.Groups["words"].Value, "${name}"))
                        )
                )
        );

    /// <summary>The types that a file declares outside of others, each once.</summary>
    private static IEnumerable<(string Name, int Start)> Declared(string text) =>
        CSharpSyntaxTree
            .ParseText(text, new CSharpParseOptions(kind: SourceCodeKind.Script))
            .GetCompilationUnitRoot()
            .Members.Select(m =>
                m switch
                {
                    BaseTypeDeclarationSyntax type => type.Identifier,
                    DelegateDeclarationSyntax type => type.Identifier,
                    _ => default,
                }
            )
            .Where(name => name.RawKind != 0)
            .DistinctBy(name => name.ValueText)
            .Select(name => (name.ValueText, name.SpanStart));

    [GeneratedRegex("""^#load "(?<file>[^"]+)"\r?$""", RegexOptions.Multiline)]
    private static partial Regex Load();

    [GeneratedRegex("""^ *///(?<words>.*?)\r?$""", RegexOptions.Multiline)]
    private static partial Regex Documentation();

    /// <summary>A tag of the documentation, and what it refers to, if anything.</summary>
    [GeneratedRegex("""<(see\s+(cref|langword)="(?<name>[^"]*)"|[^>]*)>""")]
    private static partial Regex Tag();
}
