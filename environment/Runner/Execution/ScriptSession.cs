using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Threading.Tasks;
using Diffusion.Runner.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Execution;

/// <summary>Compiles one notebook's C#: each submission sees what those before it declare.</summary>
/// <remarks>
/// <para>
/// The options are the engine's: its default usings, C# 13 (its last tagged version's), no
/// optimisation. Only debug information is added, so that an exception can be traced to its line.
/// </para>
/// <para>
/// Compiling a submission needs those before it compiled and not run: a whole notebook is compiled
/// first, and nothing is compiled twice.
/// </para>
/// </remarks>
internal sealed class ScriptSession
{
    private readonly ScriptChain chain;

    /// <param name="workingDirectory">The notebook's folder.</param>
    /// <param name="language">C# 13 in a run.</param>
    /// <param name="libraries">Where the library may be found compiled; null compiles it.</param>
    public ScriptSession(
        string workingDirectory,
        LanguageVersion language = LanguageVersion.CSharp13,
        KeptLibraries? libraries = null
    ) =>
        chain = new ScriptChain(
            Options(language),
            $"{CompilerStamp.Text} {language}",
            workingDirectory,
            libraries
        );

    /// <summary>Compiles a submission against those compiled before it.</summary>
    /// <returns>What is to be run, in order: the files that a cell loads may be compiled by themselves.</returns>
    /// <exception cref="CompilationErrorException">The code does not compile.</exception>
    /// <exception cref="LocatedException">A package line cannot be met.</exception>
    public IReadOnlyList<CompiledSubmission> Compile(Submission submission)
    {
        var (code, assemblies) = PackageReferences.Extract(submission);
        chain.Reference(assemblies.Select(Assembly.Load));
        return chain
            .Compile(submission with { Code = code })
            .Select(link => new CompiledSubmission(submission, link))
            .ToArray();
    }

    private static ScriptOptions Options(LanguageVersion language) =>
        ScriptOptions
            .Default.WithLanguageVersion(language)
            .WithOptimizationLevel(OptimizationLevel.Debug)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithMetadataResolver(new FrameworkReferences())
            .AddImports(
                "System",
                "System.Text",
                "System.Collections",
                "System.Collections.Generic",
                "System.Threading.Tasks",
                "System.Linq"
            )
            .AddReferences(
                typeof(Enumerable).Assembly,
                typeof(IEnumerable<>).Assembly,
                typeof(Task<>).Assembly,
                typeof(Microsoft.DotNet.Interactive.Kernel).Assembly
            );
}

/// <summary>A submission that is ready to run.</summary>
internal sealed record CompiledSubmission(Submission Submission, Link Link);
