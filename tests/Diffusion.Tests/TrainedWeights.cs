using System.IO;

namespace Diffusion.Tests;

/// <summary>Networks with the weights that the repository ships.</summary>
internal static class TrainedWeights
{
    public static UNet Unconditional()
    {
        var network = new UNet(new UNetConfig());
        Weights.Load(
            network,
            Path.Combine(Repository.Root, "data", "weights", "unconditional.safetensors")
        );
        return network;
    }
}
