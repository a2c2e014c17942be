using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Mutation;

/// <summary>
/// Which class of tests noticed which mutant, kept in a file from one run to the next: of the same sources, since a
/// mutant is known by its place.
/// </summary>
/// <param name="path">A line each: file, line, code, mutant, and the class or nothing, with tabs between. None: nothing is kept.</param>
internal sealed class Outcomes(string? path)
{
    private readonly Dictionary<(string, int, string, string), Queue<string>> known = (
        path is not null && File.Exists(path) ? File.ReadLines(path) : []
    )
        .Select(line => line.Split('\t'))
        .Where(line => line.Length == 5)
        .GroupBy(l => (l[0], int.Parse(l[1]), l[2], l[3]), l => l[4])
        .ToDictionary(g => g.Key, g => new Queue<string>(g));

    /// <summary>Whether this mutant was tried before, and by whom it was noticed then; null by nobody.</summary>
    public bool Knows(Mutant mutant, out string? noticed)
    {
        noticed = null;
        // Two mutants of one line may look alike: they were tried in the same order.
        if (
            !known.TryGetValue(
                (mutant.File, mutant.Line, mutant.Before, mutant.After),
                out var queue
            ) || !queue.TryDequeue(out var by)
        )
            return false;
        noticed = by == "" ? null : by;
        return true;
    }

    public void Add(Mutant mutant, string? noticed)
    {
        if (path is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.AppendAllText(
            path,
            $"{mutant.File}\t{mutant.Line}\t{mutant.Before}\t{mutant.After}\t{noticed}\n"
        );
    }
}
