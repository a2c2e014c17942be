using System;
using System.IO;
using System.Text;

namespace Diffusion.Benchmarks.Reports;

/// <summary>Markdown that grows section by section.</summary>
internal sealed class Report
{
    private readonly StringBuilder text = new();

    public Report(string title)
    {
        // Described at the start, so that the load is that of the machine without us.
        text.Append($"# {title}\n\n{Machine.Describe()}\n");
    }

    /// <summary>Adds a section: a heading, what to know, and a table.</summary>
    public void Add(string heading, string about, MarkdownTable table) =>
        text.Append($"\n## {heading}\n\n{about}\n\n{table}");

    /// <summary>Writes to a file, or to the console where none is given.</summary>
    public void Write(string? file)
    {
        if (file is null)
            Console.Out.Write(text);
        else
            File.WriteAllText(file, text.ToString());
    }
}
