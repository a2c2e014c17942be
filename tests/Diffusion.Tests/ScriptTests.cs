using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Diffusion.Tests;

/// <summary>The library as the scripts that notebooks load. That they compile is seen in every chapter's run.</summary>
public sealed partial class ScriptTests
{
    [Fact]
    public void The_one_file_loads_every_file_of_the_library_once_and_nothing_else()
    {
        var library = Path.Combine(Repository.Root, "lib");
        var lines = File.ReadAllLines(Path.Combine(library, "Diffusion.csx"));
        var loaded = lines.Select(l => LoadLine().Match(l).Groups["file"].Value).ToArray();
        Assert.DoesNotContain("", loaded);
        Assert.Equal(
            Directory.GetFiles(Path.Combine(library, "Diffusion")).Select(Path.GetFileName).Order(),
            loaded.Order()
        );
    }

    [GeneratedRegex("""^#load "Diffusion/(?<file>[A-Za-z0-9]+\.csx)"$""")]
    private static partial Regex LoadLine();
}
