using System.CommandLine;
using System.Threading.Tasks;
using Diffusion.Runner.Commands;
using Diffusion.Runner.Execution;

namespace Diffusion.Runner;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [Worker.Command, var pipe, var notebook])
            return await Worker.RunAsync(pipe, notebook);
        Terminal.Prepare();
        return await CommandLine.Root().Parse(args).InvokeAsync();
    }
}
