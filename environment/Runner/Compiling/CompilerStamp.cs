using System;
using System.IO;

namespace Diffusion.Runner.Compiling;

/// <summary>Everything that decides what code is compiled to, but for the code: this program, and what it was built with.</summary>
internal static class CompilerStamp
{
    public static string Text { get; } =
        string.Join(
            '\n',
            typeof(CompilerStamp).Module.ModuleVersionId,
            typeof(Microsoft.DotNet.Interactive.Kernel).Module.ModuleVersionId,
            Environment.Version,
            File.ReadAllText(
                Path.ChangeExtension(typeof(CompilerStamp).Assembly.Location, ".deps.json")
            )
        );
}
