namespace Diffusion.Runner.Outputs;

/// <summary>The folder inside an output folder that this program keeps for itself.</summary>
internal static class Workplace
{
    public const string Name = ".diffusion";
}
