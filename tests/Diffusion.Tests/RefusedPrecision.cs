using System;
using Xunit;

namespace Diffusion.Tests;

/// <summary>bfloat16 on machines where oneDNN errs.</summary>
internal static class RefusedPrecision
{
    /// <summary>Whether this is such a machine; then asking for bfloat16 must be refused.</summary>
    public static bool IsRefused(Action askForBFloat16)
    {
        if (!HiddenCaches.Here)
            return false;
        Assert.Contains(
            "hides its processor's caches",
            Assert.Throws<ArgumentException>(askForBFloat16).Message
        );
        return true;
    }
}
