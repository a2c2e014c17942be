using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Diffusion.Mutation;

/// <summary>A clone of the repository whose library has every mutant in it, each switched off.</summary>
internal sealed class MutatedClone : IDisposable
{
    private readonly string outer = Directory.CreateTempSubdirectory("mutation-").FullName;
    private readonly List<Mutant> mutants = [];

    /// <param name="repository">The clone that it is one of.</param>
    /// <param name="files">Of <c>lib/Diffusion</c>, without ending.</param>
    public MutatedClone(string repository, IReadOnlyList<string> files)
    {
        Root = Path.Combine(outer, "main");
        Run(outer, "git", ["clone", "--quiet", repository, Root]);
        var shared = Path.Combine(repository, "..", "shared");
        if (Directory.Exists(shared))
            Directory.CreateSymbolicLink(Path.Combine(outer, "shared"), Path.GetFullPath(shared));
        var library = Path.Combine(Root, "lib", "Diffusion");
        var trees = Directory
            .GetFiles(library, "*.csx")
            .Select(path =>
                CSharpSyntaxTree.ParseText(
                    File.ReadAllText(path),
                    new CSharpParseOptions(LanguageVersion.CSharp13),
                    path
                )
            )
            .ToArray();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !path.EndsWith("Diffusion.Library.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("library", trees, references);
        foreach (var tree in trees)
        {
            var name = Path.GetFileNameWithoutExtension(tree.FilePath);
            if (!files.Contains(name))
                continue;
            var mutator = new Mutator(compilation.GetSemanticModel(tree), name, mutants);
            File.WriteAllText(tree.FilePath, mutator.Visit(tree.GetRoot())!.ToFullString());
        }
        File.WriteAllText(Path.Combine(library, "MutantSwitch.csx"), Switch);
        // The mutated code is nobody's style.
        Run(
            Root,
            "dotnet",
            ["build", "tests/Diffusion.Tests", "-p:TreatWarningsAsErrors=false", "-v:q"]
        );
    }

    public string Root { get; }

    public IReadOnlyList<Mutant> Mutants => mutants;

    /// <summary>The tests' program.</summary>
    public string Tests =>
        Path.Combine(Root, "tests/Diffusion.Tests/bin/Debug/net10.0/Diffusion.Tests.dll");

    public void Dispose() => Directory.Delete(outer, recursive: true);

    private static void Run(string folder, string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
            }
        )!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed:\n{said}");
    }

    // MUTANT switches one on; MUTANTS_REACHED names the file that says which were come by.
    private const string Switch = """
        #nullable enable
        public static class MutantSwitch
        {
            private static readonly int Active = int.Parse(
                System.Environment.GetEnvironmentVariable("MUTANT") ?? "-1"
            );
            private static readonly bool[]? Reached = Record();

            public static bool Is(int number)
            {
                if (Reached is not null)
                    Reached[number] = true;
                return number == Active;
            }

            private static bool[]? Record()
            {
                if (System.Environment.GetEnvironmentVariable("MUTANTS_REACHED") is not string path)
                    return null;
                var reached = new bool[20_000];
                System.AppDomain.CurrentDomain.ProcessExit += (_, _) =>
                {
                    using var file = System.IO.File.CreateText(path);
                    for (var i = 0; i < reached.Length; i++)
                        if (reached[i])
                            file.WriteLine(i);
                };
                return reached;
            }
        }
        """;
}
