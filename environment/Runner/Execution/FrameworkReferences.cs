using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Diffusion.Runner.Execution;

/// <summary>
/// Finds assemblies by name for <c>#r</c>, in .NET itself only: what else lies beside the runner is the
/// runner's, and no notebook may come to need it.
/// </summary>
internal sealed class FrameworkReferences : MetadataReferenceResolver
{
    private static readonly string Framework = Path.GetDirectoryName(
        typeof(object).Assembly.Location
    )!;

    private readonly ScriptMetadataResolver all = ScriptMetadataResolver.Default;

    public override bool ResolveMissingAssemblies => true;

    public override PortableExecutableReference? ResolveMissingAssembly(
        MetadataReference definition,
        AssemblyIdentity referenceIdentity
    ) =>
        all.ResolveMissingAssembly(definition, referenceIdentity) is { } found && IsFramework(found)
            ? found
            : null;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference,
        string? baseFilePath,
        MetadataReferenceProperties properties
    ) => [.. all.ResolveReference(reference, baseFilePath, properties).Where(IsFramework)];

    public override bool Equals(object? other) => other is FrameworkReferences;

    public override int GetHashCode() => typeof(FrameworkReferences).GetHashCode();

    private static bool IsFramework(PortableExecutableReference reference) =>
        Path.GetDirectoryName(reference.FilePath) is string folder
        && folder.Equals(Framework, StringComparison.OrdinalIgnoreCase);
}
