using Xunit;

namespace Diffusion.Tests;

/// <summary>bfloat16 where it is faster than float32, and nowhere else.</summary>
public sealed class PrecisionTests
{
    // CPUID leaf 7: subleaf 1, EAX bit 5 is AVX512_BF16; subleaf 0, EDX bit 22 is AMX_BF16 (Intel, volume 2A).
    private const int Avx512 = 1 << 5;
    private const int Amx = 1 << 22;

    [Theory]
    [InlineData("AMD, Zen 4", true, 1, Avx512, 0, true)]
    [InlineData("AMD, Zen 3", true, 0, 0, 0, false)]
    // What a subleaf holds that is not there means nothing.
    [InlineData("AMD, without the subleaf", true, 0, Avx512, 0, false)]
    [InlineData("Intel with both", false, 2, Avx512, Amx, true)]
    [InlineData("Intel, Cooper Lake, or later in a virtual machine", false, 1, Avx512, 0, false)]
    [InlineData("Intel, Ice Lake", false, 1, 0, 0, false)]
    [InlineData("Intel with all the others", false, 1, ~Avx512, ~Amx, false)]
    public void Bfloat16_is_chosen_where_it_is_fast(
        string processor,
        bool ofAmd,
        int subleaves,
        int avx512,
        int amx,
        bool expected
    )
    {
        var vendor = ofAmd
            ? (16, 0x68747541, 0x444d4163, 0x69746e65)
            : (22, 0x756e6547, 0x6c65746e, 0x49656e69);
        var actual = PrecisionChoice.IsFast(
            (leaf, subleaf) =>
                (leaf, subleaf) switch
                {
                    (0, _) => vendor,
                    (7, 0) => (subleaves, 0, 0, amx),
                    (7, 1) => (avx512, 0, 0, 0),
                    _ => default,
                }
        );
        Assert.True(expected == actual, $"{processor}: {actual}");
    }
}
