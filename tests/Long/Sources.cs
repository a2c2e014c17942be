using System;
using System.Collections.Generic;
using System.IO;

namespace Diffusion.Long;

/// <summary>Which sources these are: what was shown of others says nothing of them.</summary>
internal static class Sources
{
    /// <summary>
    /// The name that git gives to all files as they lie there, changed ones too, but without the tables that the suite
    /// itself writes: the same for the same sources, in whatever commit.
    /// </summary>
    public static string Name()
    {
        var index = Path.GetTempFileName();
        try
        {
            var variables = new Dictionary<string, string> { ["GIT_INDEX_FILE"] = index };
            File.Delete(index);
            Git(["read-tree", "HEAD"], variables);
            Git(["add", "--all"], variables);
            Git(["rm", "--quiet", "--cached", "--ignore-unmatch", "tests/*/results.md"], variables);
            return Git(["write-tree"], variables)[..12];
        }
        finally
        {
            File.Delete(index);
        }
    }

    /// <summary>The full name of a commit.</summary>
    public static string Commit(string name) =>
        Git(["rev-parse", "--verify", "--quiet", $"{name}^{{commit}}"]);

    private static string Git(
        string[] arguments,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var (code, output) = Programs.Run(["git", .. arguments], variables);
        return code == 0
            ? output.Trim()
            : throw new LongException(
                $"'git {string.Join(' ', arguments)}' failed: give a commit of this clone, and run it in one."
            );
    }
}
