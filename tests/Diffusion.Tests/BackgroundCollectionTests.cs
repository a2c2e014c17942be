using System;
using System.Linq;
using System.Runtime;
using Xunit;

namespace Diffusion.Tests;

/// <summary>
/// TorchSharp makes handles of the numbers in an expression such as <c>1 - x</c>, which nobody holds
/// while libtorch reads them. A collection beside the running program takes such a number away now and
/// then ("Expected false to be true", or a wrong result); one that the program itself begins cannot.
/// </summary>
public sealed class BackgroundCollectionTests
{
    [Fact]
    public void After_the_start_no_garbage_is_collected_beside_the_program()
    {
        try
        {
            GCSettings.LatencyMode = GCLatencyMode.Interactive;
            Assert.True(IsCollectedBeside(), "This load tells nothing.");
        }
        finally
        {
            Host.Start();
        }
        Assert.False(IsCollectedBeside());
    }

    /// <summary>Makes large arrays until all objects were collected four times: was one of those beside the program?</summary>
    private static bool IsCollectedBeside()
    {
        // Ends one that still goes on. So many objects take a while to go through.
        GC.Collect();
        var held = Enumerable.Range(0, 300_000).Select(_ => new object[] { new() }).ToArray();
        var (count, index) = (GC.CollectionCount(2), Index());
        var array = Array.Empty<byte>();
        while (GC.CollectionCount(2) < count + 4)
            array = new byte[500_000];
        GC.KeepAlive(array);
        GC.KeepAlive(held);
        return Index() > index;

        static long Index() => GC.GetGCMemoryInfo(GCKind.Background).Index;
    }
}
