using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Processes as the system lists them.</summary>
internal static class Descendants
{
    /// <summary>Children, their children and so on.</summary>
    public static IReadOnlyList<int> Of(int process)
    {
        var all = Directory
            .GetDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(n => char.IsAsciiDigit(n![0]))
            .Select(n => (Id: int.Parse(n!), Parent: Parent(n!)))
            .ToArray();
        var found = new List<int> { process };
        for (var i = 0; i < found.Count; i++)
            found.AddRange(all.Where(p => p.Parent == found[i]).Select(p => p.Id));
        return found[1..];
    }

    /// <summary>Waits for the end of all of them.</summary>
    public static async Task AllEndAsync(IEnumerable<int> processes)
    {
        foreach (var process in processes)
            for (var i = 0; Parent($"{process}") >= 0; i++)
            {
                Assert.True(i < 200, $"The process {process} is still there.");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
    }

    /// <returns>-1 where it has ended: a zombie that nobody waited for has ended too.</returns>
    private static int Parent(string process)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
            return words[0] == "Z" ? -1 : int.Parse(words[1]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
