using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Execution;

/// <summary>One notebook's C# state: each cell sees what the cells before it made.</summary>
/// <remarks>
/// The options are the engine's: its default usings, C# 13 (its last tagged version's), no
/// optimisation. Only debug information is added, so that an exception can be traced to its line.
/// </remarks>
internal sealed class ScriptSession
{
    // As CSharpKernel adds them, and `using static Kernel` of its helpers.
    private static readonly string[] Usings =
    [
        "System",
        "System.Text",
        "System.Collections",
        "System.Collections.Generic",
        "System.Threading.Tasks",
        "System.Linq",
        "Microsoft.DotNet.Interactive.Kernel",
    ];

    private ScriptOptions options;
    private ScriptState<object>? state;

    public ScriptSession(string workingDirectory)
    {
        options = ScriptOptions
            .Default.WithLanguageVersion(LanguageVersion.CSharp13)
            .WithOptimizationLevel(OptimizationLevel.Debug)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .AddImports(Usings)
            .AddReferences(
                typeof(Enumerable).Assembly,
                typeof(IEnumerable<>).Assembly,
                typeof(Task<>).Assembly,
                typeof(Microsoft.DotNet.Interactive.Kernel).Assembly
            )
            .WithSourceResolver(new SourceFileResolver([], workingDirectory));
    }

    /// <summary>Compiles and runs a cell.</summary>
    /// <param name="code">Without magic commands; package lines are still in it.</param>
    /// <param name="path">The file that the cell is in, for messages; <c>#load</c> is relative to it.</param>
    /// <returns>The trailing expression's value, or null.</returns>
    /// <exception cref="CompilationErrorException">The code does not compile.</exception>
    /// <exception cref="Notebooks.NotebookException">A package line cannot be met.</exception>
    public async Task<object?> RunAsync(
        string code,
        string path,
        CancellationToken cancellationToken
    )
    {
        var (rest, assemblies) = PackageReferences.Extract(code);
        foreach (var name in assemblies)
        {
            var assembly = Assembly.Load(name);
            if (options.MetadataReferences.All(r => r.Display != assembly.Location))
                options = options.AddReferences(assembly);
        }
        var located = options.WithFilePath(path);
        state = state is null
            ? await CSharpScript.RunAsync(rest, located, cancellationToken: cancellationToken)
            : await state.ContinueWithAsync(rest, located, cancellationToken);
        return state.ReturnValue;
    }

    /// <summary>Compiles a cell against the cells before it without running anything.</summary>
    /// <returns>What is wrong with it.</returns>
    public IReadOnlyList<Diagnostic> Check(string code, string path)
    {
        var (rest, assemblies) = PackageReferences.Extract(code);
        foreach (var name in assemblies)
            options = options.AddReferences(Assembly.Load(name));
        var located = options.WithFilePath(path);
        checkedSoFar = checkedSoFar is null
            ? CSharpScript.Create(rest, located)
            : checkedSoFar.ContinueWith(rest, located);
        return checkedSoFar.Compile().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
    }

    private Script<object>? checkedSoFar;
}
