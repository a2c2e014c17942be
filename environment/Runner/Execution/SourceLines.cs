using System;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>Lines of files, for messages.</summary>
internal static class SourceLines
{
    private const int LongestLine = 200;

    /// <summary>A line, or nothing where the file has no such line (any more).</summary>
    /// <param name="line">1-based.</param>
    public static string Line(string path, int line)
    {
        try
        {
            var text = DibDocument.Lines(SourceFile.Read(path)).ElementAtOrDefault(line - 1) ?? "";
            return text.Length <= LongestLine ? text : text[..LongestLine] + "…";
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or NotebookException)
        {
            return "";
        }
    }
}
