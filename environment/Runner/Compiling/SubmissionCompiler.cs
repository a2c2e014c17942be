using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Compiling;

/// <summary>Compiles pieces of a script as Roslyn's scripting does, one after the other.</summary>
/// <remarks>
/// The scripting library itself says how: it makes each compilation. Here it only gets another name, and
/// the compilation before it that it is to see. That leaves open whether what it sees is compiled anew,
/// or was kept from the last time.
/// </remarks>
/// <param name="options">Of the first submission.</param>
/// <param name="firstCode">The first submission: what every later one sees.</param>
internal sealed class SubmissionCompiler(ScriptOptions options, string firstCode)
{
    private static readonly EmitOptions WithSymbols = new(
        debugInformationFormat: DebugInformationFormat.PortablePdb,
        // That of every .NET: otherwise it is looked for in the references, for each submission anew.
        runtimeMetadataVersion: "v4.0.30319"
    );

    private static readonly MethodInfo HasSubmissionResult = typeof(Compilation).GetMethod(
        "HasSubmissionResult",
        BindingFlags.Instance | BindingFlags.NonPublic
    )!;

    private readonly Script<object> first = CSharpScript.Create(firstCode, options);

    /// <summary>The first submission.</summary>
    /// <param name="name">Names the assembly: no two of a process may have the same.</param>
    public CSharpCompilation First(string name) =>
        ((CSharpCompilation)first.GetCompilation()).WithAssemblyName(name);

    /// <summary>A submission that nothing has been looked at of yet.</summary>
    /// <param name="number">How many were before it.</param>
    public CSharpCompilation Declare(
        string code,
        ScriptOptions options,
        CSharpCompilation previous,
        string name,
        int number
    )
    {
        // That it comes behind another one keeps the scripting library from adding .NET's core once more.
        var made = (CSharpCompilation)first.ContinueWith(code, options).GetCompilation();
        return made.WithAssemblyName(name)
            .WithOptions(made.Options.WithScriptClassName($"Submission#{number}"))
            .WithScriptCompilationInfo(
                made.ScriptCompilationInfo!.WithPreviousScriptCompilation(previous)
            );
    }

    /// <exception cref="CompilationErrorException">The code does not compile.</exception>
    public static SubmissionImage Emit(CSharpCompilation compilation)
    {
        // What cannot be read has no meaning either: its other errors would only repeat these.
        Refuse([.. compilation.GetParseDiagnostics()]);
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        Refuse([.. compilation.Emit(assembly, symbols, options: WithSymbols).Diagnostics]);
        return new SubmissionImage(assembly.ToArray(), symbols.ToArray());
    }

    /// <summary>Whether the code ends in an expression, whose value is shown.</summary>
    public static bool HasValue(CSharpCompilation compilation) =>
        (bool)HasSubmissionResult.Invoke(compilation, [])!;

    private static void Refuse(Diagnostic[] diagnostics)
    {
        var errors = diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        if (errors.Length > 0)
            throw new CompilationErrorException(errors[0].ToString(), [.. errors]);
    }
}
