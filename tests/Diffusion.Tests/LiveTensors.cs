using System;
using TorchSharp;

namespace Diffusion.Tests;

/// <summary>How many tensors the process holds.</summary>
internal static class LiveTensors
{
    /// <summary>
    /// The number without what other tests left for the garbage collector: it could take that away at
    /// any moment, and hide or feign a leak.
    /// </summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return torch.Tensor.TotalCount;
    }
}
