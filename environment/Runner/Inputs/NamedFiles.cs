using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Inputs;

/// <summary>What a notebook imports or loads, by itself or through such a file.</summary>
/// <remarks>
/// Rather one too many than one too few: a line inside a raw string counts too, and a path is looked for in both
/// folders that it may be relative to, the notebook's and that of the file that names it.
/// </remarks>
internal sealed partial class NamedFiles
{
    /// <summary>Files with more bytes are no sources: no run would read them.</summary>
    public const long MostBytes = SourceFile.MostBytes;

    private readonly ConcurrentDictionary<string, string[]> names = [];

    /// <returns>Absolute, each once; also those that are missing.</returns>
    public IReadOnlyList<string> Of(string notebook)
    {
        var named = new HashSet<string>();
        var unread = new Queue<string>([notebook]);
        while (unread.TryDequeue(out var file))
            foreach (
                var path in NamedIn(
                    file,
                    file == notebook ? Names(file) : names.GetOrAdd(file, Names),
                    Path.GetDirectoryName(notebook)!
                )
            )
                if (named.Add(path))
                    unread.Enqueue(path);
        return named.Order(StringComparer.Ordinal).ToArray();
    }

    private static IEnumerable<string> NamedIn(
        string file,
        string[] names,
        string workingDirectory
    ) =>
        from name in names
        from folder in new[] { workingDirectory, Path.GetDirectoryName(file)! }
        select Path.GetFullPath(name, folder);

    private static string[] Names(string file)
    {
        try
        {
            return Directive()
                .Matches(SourceFile.Read(file))
                .Select(m => m.Groups["path"].Value)
                .Where(name => !name.Contains('\0'))
                .ToArray();
        }
        catch (NotebookException)
        {
            // Missing, a pipe or a device, too large for a source, or not to be read.
            return [];
        }
    }

    // A line of C# may end in five ways.
    [GeneratedRegex(
        """(?:^|[\n\r\u0085\u2028\u2029])[^\S\n\r]*(?:#[^\S\n\r]*load[^\S\n\r]*|#!import[ \t]+)(?:"(?<path>[^"\n\r]+)"|(?<path>[^"\s]+))"""
    )]
    private static partial Regex Directive();
}
