using System.IO;

namespace Diffusion.Tests;

/// <summary>Networks with the weights that the repository ships.</summary>
internal static class TrainedWeights
{
    public static UNet Unconditional()
    {
        var network = new UNet(new UNetConfig());
        Load(network, "unconditional");
        return network;
    }

    public static Classifier Classifier()
    {
        var classifier = new Classifier();
        Load(classifier, "classifier");
        return classifier;
    }

    public static Classifier NoisyClassifier()
    {
        var classifier = new Classifier(steps: 1000);
        Load(classifier, "noisy-classifier");
        return classifier;
    }

    private static void Load(TorchSharp.torch.nn.Module network, string name) =>
        Weights.Load(
            network,
            Path.Combine(Repository.Root, "data", "weights", name + ".safetensors")
        );
}
