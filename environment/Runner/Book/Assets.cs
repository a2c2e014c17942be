using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Runner.Book;

/// <summary>The book's own files: style, script, KaTeX and its fonts. They are inside the runner's assembly.</summary>
internal static class Assets
{
    private const string Prefix = "assets/";

    /// <summary>Names of all files, relative, with slashes.</summary>
    public static IEnumerable<string> Names =>
        typeof(Assets)
            .Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..]);

    public static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    /// <summary>Writes one file below a folder, which is made where it is missing.</summary>
    public static void CopyTo(string name, string folder)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using var asset = Open(name);
        asset.CopyTo(file);
    }

    private static Stream Open(string name) =>
        typeof(Assets).Assembly.GetManifestResourceStream(Prefix + name)
        ?? throw new FileNotFoundException($"The runner was built without its asset '{name}'.");
}
