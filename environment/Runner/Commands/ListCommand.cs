using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;
using Spectre.Console;

namespace Diffusion.Runner.Commands;

/// <summary>Says which chapters there are.</summary>
internal static class ListCommand
{
    public static int Run()
    {
        var root = Repository.Root;
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("notebook", "title", "code cells");
        foreach (var path in Chapters.All(root))
        {
            var cells = DibDocument.Read(path).Cells;
            var title = cells
                .Where(c => c.Kind == CellKind.Markdown)
                .SelectMany(c => c.Source.Split('\n'))
                .FirstOrDefault(l => l.StartsWith("# ", System.StringComparison.Ordinal));
            table.AddRow(
                Markup.Escape(Path.GetRelativePath(root, path)),
                Markup.Escape(title?[2..] ?? ""),
                $"{cells.Count(c => c.Kind == CellKind.CSharp)}"
            );
        }
        AnsiConsole.Write(table);
        return ExitCode.Success;
    }
}
