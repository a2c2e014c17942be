using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Faults;

/// <summary>A table in Markdown, of which each row stays until it is measured again.</summary>
/// <param name="file">Written anew with each row.</param>
/// <param name="order">The names of all rows, in the order of the table.</param>
/// <param name="above">Title, text, and the table's two first lines.</param>
internal sealed class KeptTable(string file, IReadOnlyList<string> order, string above)
{
    private readonly string[] before = File.Exists(file) ? File.ReadAllLines(file) : [];
    private readonly Dictionary<string, string> measured = [];

    public void Put(string name, string row)
    {
        measured[name] = row;
        var rows = order.Select(Row).Where(r => r is not null);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, $"{above}\n{string.Join('\n', rows)}\n");
    }

    private string? Row(string name) =>
        measured.GetValueOrDefault(name)
        ?? before.FirstOrDefault(l => l.StartsWith($"| {name} |", StringComparison.Ordinal));
}
