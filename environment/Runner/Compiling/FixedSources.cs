using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Diffusion.Runner.Compiling;

/// <summary>Gives texts in the place of files.</summary>
/// <param name="texts">By absolute path; other files are read.</param>
internal sealed class FixedSources(IReadOnlyDictionary<string, string> texts)
    : SourceFileResolver([], baseDirectory: null)
{
    public override string? ResolveReference(string path, string? baseFilePath)
    {
        var full = Path.IsPathRooted(path)
            ? path
            : Path.GetFullPath(path, Path.GetDirectoryName(baseFilePath)!);
        return texts.ContainsKey(full) ? full : base.ResolveReference(path, baseFilePath);
    }

    public override Stream OpenRead(string resolvedPath) =>
        texts.TryGetValue(resolvedPath, out var text)
            ? new MemoryStream(Encoding.UTF8.GetBytes(text))
            : base.OpenRead(resolvedPath);
}
