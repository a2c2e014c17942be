using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Execution;

/// <summary>One notebook's C# state: each submission sees what those before it made.</summary>
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
    private static readonly MethodInfo HasReturnValue = typeof(Script).GetMethod(
        "HasReturnValue",
        BindingFlags.Instance | BindingFlags.NonPublic
    )!;

    private readonly CellSources sources;
    private ScriptOptions options;
    private Script<object> last;
    private ScriptState<object>? state;
    private CellThread? thread; // made where something runs: most sessions only compile

    /// <param name="workingDirectory">The notebook's folder.</param>
    /// <param name="language">C# 13 in a run.</param>
    public ScriptSession(
        string workingDirectory,
        LanguageVersion language = LanguageVersion.CSharp13
    )
    {
        sources = new CellSources(workingDirectory);
        options = ScriptOptions
            .Default.WithLanguageVersion(language)
            .WithOptimizationLevel(OptimizationLevel.Debug)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithMetadataResolver(new FrameworkReferences())
            .WithSourceResolver(sources)
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
        // The engine gives `display` to cells in this way, so that loaded files do not see it.
        last = CSharpScript.Create("using static Microsoft.DotNet.Interactive.Kernel;", options);
    }

    /// <summary>Compiles a submission against those compiled before it.</summary>
    /// <exception cref="CompilationErrorException">The code does not compile.</exception>
    /// <exception cref="LocatedException">A package line cannot be met.</exception>
    public CompiledSubmission Compile(Submission submission)
    {
        var (code, assemblies) = PackageReferences.Extract(submission);
        foreach (var assembly in assemblies.Select(Assembly.Load))
            if (options.MetadataReferences.All(r => r.Display != assembly.Location))
                options = options.AddReferences(assembly);
        sources.AddCellFile(submission.File);
        var script = last.ContinueWith(
            (submission with { Code = code }).CodeInPlace,
            options.WithFilePath(submission.File)
        );
        // Compiles, and keeps the result for the run. Script.Compile would bind everything once more for its warnings.
        script.CreateDelegate();
        last = script;
        return new CompiledSubmission(submission, script, (bool)HasReturnValue.Invoke(script, [])!);
    }

    /// <summary>Runs a submission; the ones before it must have run.</summary>
    /// <returns>The trailing expression's value; null where there is none.</returns>
    public async Task<object?> RunAsync(CompiledSubmission compiled)
    {
        state ??= await First(compiled.Script).RunAsync();
        var before = state;
        thread ??= new CellThread();
        state = await thread.Run(() => compiled.Script.RunFromAsync(before));
        return state.ReturnValue;
    }

    private static Script<object> First(Script<object> script)
    {
        Script first = script;
        while (first.Previous is not null)
            first = first.Previous;
        return (Script<object>)first;
    }
}

/// <summary>A submission that is ready to run.</summary>
/// <param name="HasValue">Whether it ends in an expression, whose value is shown.</param>
internal sealed record CompiledSubmission(
    Submission Submission,
    Script<object> Script,
    bool HasValue
);
