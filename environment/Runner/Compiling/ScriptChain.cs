using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Inputs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Compiling;

/// <summary>Compiles a notebook's submissions, each against those before it.</summary>
internal sealed class ScriptChain
{
    // The engine gives `display` to cells in this way, so that loaded files do not see it.
    private const string First = "using static Microsoft.DotNet.Interactive.Kernel;";

    private readonly SubmissionCompiler compiler;
    private readonly CellSources sources;
    private readonly string folder;
    private readonly KeptLibraries? libraries;
    private ScriptOptions options;
    private CSharpCompilation last;
    private int length = 1;
    private string key; // says all that the compilations so far were made of

    /// <param name="options">Of every submission, but for what packages add.</param>
    /// <param name="stamp">Says all that the options decide.</param>
    /// <param name="folder">The notebook's.</param>
    /// <param name="libraries">Where loaded files may be found compiled; null compiles them.</param>
    public ScriptChain(ScriptOptions options, string stamp, string folder, KeptLibraries? libraries)
    {
        (this.folder, this.libraries) = (folder, libraries);
        sources = new CellSources(folder);
        this.options = options.WithSourceResolver(sources);
        compiler = new SubmissionCompiler(this.options, First);
        key = Checksum.OfText(stamp);
        last = compiler.First(NextName());
    }

    /// <summary>Lets the submissions to come use assemblies.</summary>
    public void Reference(IEnumerable<Assembly> assemblies)
    {
        foreach (var assembly in assemblies)
            if (options.MetadataReferences.All(r => r.Display != assembly.Location))
                options = options.AddReferences(assembly);
    }

    /// <returns>The submission, or the files that it loads and behind them what it says itself.</returns>
    /// <exception cref="CompilationErrorException">The code does not compile.</exception>
    public IReadOnlyList<Link> Compile(Submission submission)
    {
        if (
            libraries is not null
            && LoadLines.Of(submission.Code, folder) is { } divided
            && Library(divided.Loads, libraries) is { } loaded
        )
            return [loaded, Cell(submission with { Code = divided.Rest })];
        return [Cell(submission)];
    }

    private Link Cell(Submission submission)
    {
        sources.AddCellFile(submission.File);
        var declared = Declare(submission.CodeInPlace, options.WithFilePath(submission.File));
        var image = SubmissionCompiler.Emit(declared);
        var number = Append(declared, declared.SyntaxTrees.Select(t => (t.FilePath, Text(t))));
        return new Link(number, declared, image, SubmissionCompiler.HasValue(declared));
    }

    /// <summary>Files as a submission of their own; null where they do not compile, or must be seen whole.</summary>
    private Link? Library(string loads, KeptLibraries libraries)
    {
        var references = string.Join('\n', options.MetadataReferences.Select(r => r.Display));
        var name = Checksum.OfText($"{key}\n{references}\n{loads}");
        var compiled = libraries.Find(name);
        if (compiled is null)
        {
            var declared = Declare(
                loads,
                options.WithSourceResolver(new FixedSources(new Dictionary<string, string>()))
            );
            var files = declared.SyntaxTrees.Where(t => t.FilePath != "").Select(Kept).ToArray();
            if (files.Any(f => f is null))
                return null;
            try
            {
                compiled = new KeptLibrary(SubmissionCompiler.Emit(declared), files!);
            }
            catch (CompilationErrorException)
            {
                return null; // the cell as a whole says what is wrong, and where
            }
            libraries.Keep(name, compiled);
        }
        var skeletons = compiled.Files.ToDictionary(f => f.Path, f => f.Skeleton);
        var bare = Declare(loads, options.WithSourceResolver(new FixedSources(skeletons)));
        var number = Append(bare, compiled.Files.Select(f => (f.Path, f.Hash)));
        return new Link(number, bare, compiled.Image, HasValue: false);
    }

    private static KeptFile? Kept(SyntaxTree tree) =>
        Skeleton.Of(tree) is string skeleton
            ? new KeptFile(tree.FilePath, Checksum.OfText(Text(tree)), skeleton)
            : null;

    private static string Text(SyntaxTree tree) => tree.GetText().ToString();

    private CSharpCompilation Declare(string code, ScriptOptions options) =>
        compiler.Declare(code, options, last, NextName(), length);

    /// <returns>How many submissions are before it.</returns>
    private int Append(
        CSharpCompilation compilation,
        IEnumerable<(string Path, string Content)> parts
    )
    {
        last = compilation;
        key = Checksum.OfText(
            string.Join('\n', parts.Select(p => $"{p.Path}\n{p.Content}").Prepend(key))
        );
        return length++;
    }

    private string NextName() => $"notebook#{length}-{key[..16]}";
}
