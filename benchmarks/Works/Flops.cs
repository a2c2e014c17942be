namespace Diffusion.Benchmarks.Works;

/// <summary>How much the network computes: multiplications and additions, each counted as one.</summary>
internal static class Flops
{
    /// <summary>Of one image and one evaluation of the network.</summary>
    public const double PerImage = 0.783e9;

    /// <summary>
    /// Training also computes the gradients of each layer's input and of its weights, and each costs
    /// as much as the layer itself.
    /// </summary>
    public const double PerTrainedImage = 3 * PerImage;
}
