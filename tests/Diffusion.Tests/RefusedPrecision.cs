using System;
using Xunit;

namespace Diffusion.Tests;

/// <summary>bfloat16 on machines where oneDNN errs, or knows no convolution in it.</summary>
internal static class RefusedPrecision
{
    /// <summary>Whether this is such a machine; then asking for bfloat16 must be refused.</summary>
    public static bool IsRefused(Action askForBFloat16)
    {
        if (!HiddenCaches.Here && PrecisionChoice.IsThereAtAll)
            return false;
        Assert.Contains(
            HiddenCaches.Here ? "hides its processor's caches" : "without AVX-512",
            Assert.Throws<ArgumentException>(askForBFloat16).Message
        );
        return true;
    }
}
