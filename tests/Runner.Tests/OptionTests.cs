using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Odd values and closed outputs: a sentence and an exit code, never a stack trace.</summary>
public sealed class OptionTests : IDisposable
{
    private readonly TestFolder folder = new();

    public OptionTests() => folder.Notebook("a.dib", "System.IO.File.WriteAllText(\"ran\", \"\");");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--output was given an empty name", "run", "a.dib", "--output", "")]
    [InlineData("--output was given an empty name", "export", "a.dib", "--output", "")]
    [InlineData("--output was given an empty name", "train", "tiny", "--output", "")]
    [InlineData("--timeout must be from 1 to 1,000,000", "run", "a.dib", "--timeout", "5000000")]
    [InlineData("--timeout must be from 1 to 1,000,000", "run", "a.dib", "--timeout", "-1")]
    [InlineData("--timeout", "run", "a.dib", "--timeout", "99999999999999")]
    [InlineData("--jobs must be from 1 to 1,000", "run", "a.dib", "--jobs", "2147483647")]
    [InlineData("--minutes must be", "train", "tiny", "--minutes", "NaN")]
    [InlineData("--minutes must be", "train", "tiny", "--minutes", "1e308")]
    [InlineData("--every must be", "train", "tiny", "--every", "-2147483648")]
    [InlineData("There is no device", "train", "tiny", "--device", "")]
    [InlineData("@none.dib", "run", "@none.dib")]
    public async Task AnOddValueIsRefusedBeforeAnythingRuns(string said, params string[] arguments)
    {
        var (code, output) = await RunnerHere.RunAsync(folder.Path, arguments);

        Assert.Equal(2, code);
        Assert.Contains(said, output);
        Assert.DoesNotContain("   at ", output);
        Assert.False(File.Exists(folder["ran"]));
    }

    [Fact]
    public async Task ANameThatBeginsWithAnAtIsANotebooks()
    {
        folder.Notebook("@at.dib", "1");

        var (code, output) = await RunnerHere.RunAsync(folder.Path, "check", "@at.dib");

        Assert.True(code == 0, output);
        Assert.Contains("@at.dib  compiles", output);
    }

    [Theory]
    [InlineData(">/dev/full", 2, "The output cannot be written: No space left on device.")]
    [InlineData(">&-", 2, "The output cannot be written: Bad file descriptor.")]
    [InlineData("2>/dev/full", 0, "compiles")]
    [InlineData("2>&-", 0, "compiles")]
    [InlineData("<&-", 0, "compiles")]
    public async Task AnOutputThatTakesNothingIsSaidElsewhere(string to, int expected, string said)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("It has no such files.");
        foreach (var command in new[] { "check a.dib", "--help" })
        {
            var (code, output) = await ShellAsync($"{command} {to}");
            Assert.True(code == expected, $"{code}: {output}");
            if (command != "--help" || expected != 0)
                Assert.Contains(said, output);
            Assert.DoesNotContain("   at ", output);
        }
        var (bad, complaint) = await ShellAsync($"nonsense {to}");
        Assert.Equal(2, bad);
        Assert.DoesNotContain("   at ", complaint);
    }

    [Fact]
    public async Task NothingCanBeSaidAnywhere()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("It has no such files.");
        Assert.Equal((2, ""), await ShellAsync("check a.dib >&- 2>&-"));
    }

    private async Task<(int, string)> ShellAsync(string line)
    {
        using var shell = RunnerProcess.Shell(folder.Path, line);
        return (await shell.ExitCodeAsync(), shell.Output);
    }
}
