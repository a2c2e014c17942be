using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Notebooks.Tests;

/// <summary>A copy of the repository whose library has every defect built in behind its switch, and the chapters compiled against it.</summary>
public sealed class BrokenLibrary : IDisposable
{
    private readonly BrokenClone clone = new();
    private readonly Dictionary<string, Chapter> chapters = [];

    public BrokenLibrary()
    {
        foreach (
            var file in Defects.All.Select((d, i) => (d, Number: i + 1)).GroupBy(d => d.d.File)
        )
        {
            var path = clone.PathOf(Path.Combine("lib", "Diffusion", file.Key));
            File.WriteAllText(
                path,
                Weaving.Weave(
                    File.ReadAllText(path),
                    file.Select(d => (d.d.Text, d.d.Replacement, d.Number))
                )
            );
        }
    }

    internal Chapter Chapter(string name)
    {
        if (chapters.TryGetValue(name, out var chapter))
            return chapter;
        var path = clone.PathOf(Path.Combine("notebooks", $"{name}.dib"));
        var cells = DibDocument.Read(path).Cells;
        return chapters[name] = new Chapter(path, [.. cells.SelectMany(Statements.Of)]);
    }

    public void Dispose() => clone.Dispose();
}
