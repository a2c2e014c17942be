using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Diffusion.Runner.Commands;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What a real bash completes with the script that the runner prints.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("diffusion tr", "train")]
    [InlineData("diffusion --fr", "--fresh")]
    [InlineData("diffusion train bes", "best")]
    [InlineData("diffusion train best --min", "--minutes")]
    [InlineData("diffusion run --time", "--timeout")]
    [InlineData("diffusion evaluate abl", "ablations")]
    [InlineData("diffusion export --zip", "")]
    public async Task TabCompletes(string typed, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash here.");
        using var folder = new TestFolder();
        var script = CompletionCommand.Script(CommandLine.Root(new RunnerHere()));
        var said = await BashAsync(
            $"{script}\nCOMP_WORDS=({typed})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n_diffusion\nprintf '%s' \"${{COMPREPLY[*]}}\"\n",
            folder.Path
        );
        Assert.Equal(expected, said);
    }

    private static async Task<string> BashAsync(string script, string folder)
    {
        using var bash = Process.Start(
            new ProcessStartInfo("/bin/bash", ["--noprofile", "--norc", "-c", script])
            {
                RedirectStandardOutput = true,
                // An empty folder: no file's name completes anything.
                WorkingDirectory = folder,
            }
        )!;
        var said = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said.Trim();
    }
}
