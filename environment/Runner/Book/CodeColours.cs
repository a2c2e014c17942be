extern alias library;

using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Classification;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Diffusion.Runner.Book;

/// <summary>Colours C# when the book is written, with the compiler's own classifier.</summary>
internal sealed class CodeColours
{
    private const string Type = "t";

    private static readonly CSharpParseOptions Options = new(
        LanguageVersion.CSharp13,
        kind: SourceCodeKind.Script
    );

    private readonly PageMemory memory;

    // Where all is remembered, nothing is looked at.
    private readonly Lazy<Project> project = new(Start);

    /// <param name="memory">What was coloured before.</param>
    public CodeColours(PageMemory memory) => this.memory = memory;

    /// <summary>The code as HTML with an element around each coloured piece; without colours where it is nested too deeply.</summary>
    /// <param name="code">C#.</param>
    /// <param name="element">
    /// The element for a name of a type: where it begins in the code, and the name; null where it
    /// needs none of its own.
    /// </param>
    public string ToHtml(string code, Func<int, string, string?>? element = null)
    {
        var html = new StringBuilder();
        var at = 0;
        foreach (var piece in Pieces(code))
        {
            html.Append(WebUtility.HtmlEncode(code[at..piece.Start]));
            var text = code[piece.Start..piece.End];
            html.Append(
                (piece.Colour == Type ? element?.Invoke(piece.Start, text) : null)
                    ?? $"<span class=\"{piece.Colour}\">{WebUtility.HtmlEncode(text)}</span>"
            );
            at = piece.End;
        }
        return html.Append(WebUtility.HtmlEncode(code[at..])).ToString();
    }

    private Piece[] Pieces(string code) =>
        JsonSerializer.Deserialize<Piece[]>(
            memory.Recall("colours", code, () => JsonSerializer.Serialize(Classified(code)))
        )!;

    /// <summary>The pieces that have a colour, in their order, none within another; none where it is nested too deeply.</summary>
    private List<Piece> Classified(string code)
    {
        if (CodeNesting.IsTooDeep(code, Options))
            return [];
        var document = project.Value.AddDocument(
            "cell.csx",
            SourceText.From(code),
            filePath: "cell.csx"
        );
        var spans = Classifier
            .GetClassifiedSpansAsync(
                document.WithSourceCodeKind(SourceCodeKind.Script),
                new TextSpan(0, code.Length),
                CancellationToken.None
            )
            .GetAwaiter()
            .GetResult();
        var pieces = new List<Piece>();
        foreach (var span in spans.OrderBy(s => s.TextSpan.Start))
            if (
                Colour(span.ClassificationType) is string colour
                && (pieces.Count == 0 || span.TextSpan.Start >= pieces[^1].End)
            )
                pieces.Add(new Piece(span.TextSpan.Start, span.TextSpan.End, colour));
        return pieces;
    }

    private static Project Start() =>
        new AdhocWorkspace().AddProject(
            ProjectInfo.Create(
                ProjectId.CreateNewId(),
                VersionStamp.Default,
                "book",
                "book",
                LanguageNames.CSharp,
                parseOptions: Options,
                metadataReferences:
                [
                    MetadataReference.CreateFromFile(typeof(object).Assembly.Location),
                    // So that the library's types are told from properties of the same name.
                    MetadataReference.CreateFromFile(typeof(library::Host).Assembly.Location),
                ]
            )
        );

    private static string? Colour(string classification) =>
        classification switch
        {
            ClassificationTypeNames.Keyword or ClassificationTypeNames.ControlKeyword => "k",
            ClassificationTypeNames.PreprocessorKeyword
            or ClassificationTypeNames.PreprocessorText => "p",
            ClassificationTypeNames.Comment => "c",
            ClassificationTypeNames.NumericLiteral => "n",
            ClassificationTypeNames.StringLiteral
            or ClassificationTypeNames.VerbatimStringLiteral
            or ClassificationTypeNames.StringEscapeCharacter => "s",
            ClassificationTypeNames.ClassName
            or ClassificationTypeNames.RecordClassName
            or ClassificationTypeNames.StructName
            or ClassificationTypeNames.InterfaceName
            or ClassificationTypeNames.RecordStructName
            or ClassificationTypeNames.DelegateName
            or ClassificationTypeNames.EnumName => Type,
            ClassificationTypeNames.MethodName or ClassificationTypeNames.ExtensionMethodName =>
                "m",
            _ => null,
        };

    /// <param name="Colour">The class of its element.</param>
    private sealed record Piece(int Start, int End, string Colour);
}
