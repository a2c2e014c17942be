using System;

namespace Diffusion.Tests;

/// <summary>Fashion-MNIST, loaded once for all tests: nobody changes or disposes of it.</summary>
internal static class RealPictures
{
    private static readonly Lazy<FashionMnist> ForTraining = new(() => Kept(FashionMnist.Train()));
    private static readonly Lazy<FashionMnist> ForTests = new(() => Kept(FashionMnist.Test()));

    /// <summary>60,000 of them.</summary>
    public static FashionMnist Train => ForTraining.Value;

    /// <summary>10,000 of them.</summary>
    public static FashionMnist Test => ForTests.Value;

    private static FashionMnist Kept(FashionMnist data)
    {
        // The first who asks may do so inside of a scope.
        data.Images.DetachFromDisposeScope();
        data.Labels.DetachFromDisposeScope();
        return data;
    }
}
