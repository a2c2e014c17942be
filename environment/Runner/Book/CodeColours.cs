extern alias library;

using System;
using System.Linq;
using System.Net;
using System.Text;
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

    private readonly AdhocWorkspace workspace = new();
    private readonly Project project;

    public CodeColours() =>
        project = workspace.AddProject(
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

    /// <summary>The code as HTML with an element around each coloured piece; without colours where it is nested too deeply.</summary>
    /// <param name="code">C#.</param>
    /// <param name="element">
    /// The element for a name of a type: where it begins in the code, and the name; null where it
    /// needs none of its own.
    /// </param>
    public string ToHtml(string code, Func<int, string, string?>? element = null)
    {
        if (CodeNesting.IsTooDeep(code, Options))
            return WebUtility.HtmlEncode(code);
        var document = project.AddDocument("cell.csx", SourceText.From(code), filePath: "cell.csx");
        document = document.WithSourceCodeKind(SourceCodeKind.Script);
        var pieces = Classifier
            .GetClassifiedSpansAsync(document, new TextSpan(0, code.Length), CancellationToken.None)
            .GetAwaiter()
            .GetResult();
        var html = new StringBuilder();
        var at = 0;
        foreach (var piece in pieces.OrderBy(p => p.TextSpan.Start))
        {
            if (Colour(piece.ClassificationType) is not string colour || piece.TextSpan.Start < at)
                continue;
            html.Append(WebUtility.HtmlEncode(code[at..piece.TextSpan.Start]));
            var text = code[piece.TextSpan.Start..piece.TextSpan.End];
            html.Append(
                (colour == Type ? element?.Invoke(piece.TextSpan.Start, text) : null)
                    ?? $"<span class=\"{colour}\">{WebUtility.HtmlEncode(text)}</span>"
            );
            at = piece.TextSpan.End;
        }
        return html.Append(WebUtility.HtmlEncode(code[at..])).ToString();
    }

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
}
