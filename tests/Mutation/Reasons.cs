using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Diffusion.Mutation;

/// <summary>Why some mutants cannot or need not be noticed, as somebody found who looked at them.</summary>
/// <param name="path">A line each: file, code, mutant and reason, with tabs between; lines move, so there are no numbers.</param>
internal sealed class Reasons(string path)
{
    private readonly Dictionary<(string, string, string), string> reasons = File.ReadLines(path)
        .Select(line => line.Split('\t'))
        .ToDictionary(line => (line[0], line[1], line[2]), line => line[3]);

    public string Of(Mutant survivor) =>
        reasons.GetValueOrDefault(Key(survivor), "**nobody has said yet**");

    public bool Know(Mutant survivor) => reasons.ContainsKey(Key(survivor));

    private static (string, string, string) Key(Mutant m) => (m.File, m.Before, m.After);
}
