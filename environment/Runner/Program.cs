namespace Diffusion.Runner;

internal static class Program
{
    private static void Main() { }
}
