using Diffusion.Benchmarks.Commands;

namespace Diffusion.Benchmarks;

internal static class Program
{
    private static int Main(string[] args) =>
        ChildCommands.TryRun(args) ? 0 : CommandLine.Root().Parse(args).Invoke();
}
