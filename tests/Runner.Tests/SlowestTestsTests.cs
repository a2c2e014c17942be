using System.Linq;
using SlowTests;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What <c>dotnet test</c> says at its end about tests that take long.</summary>
public sealed class SlowestTestsTests
{
    private static TestDuration Took(double seconds, string? reason = null) =>
        new($"Took{seconds:0}", seconds, reason, "A.cs");

    [Fact]
    public void TheTenSlowestAreToldTheSlowestFirst()
    {
        var told = SlowestTests.Of(Enumerable.Range(1, 12).Select(i => Took(i / 4.0))).ToArray();

        Assert.Equal(10, told.Length);
        Assert.Equal("  3.0 s  Took3", told[0].Line);
        Assert.Equal("A.cs", told[0].File);
        Assert.StartsWith("  0.8 s", told[^1].Line);
    }

    [Theory]
    [InlineData(9.9, null, "  9.9 s  Took10")]
    [InlineData(10.1, null, " 10.1 s  Took10 (no reason is given)")]
    [InlineData(10.1, "It trains.", " 10.1 s  Took10 (It trains.)")]
    public void ASlowOneIsToldWithItsReason(double seconds, string? reason, string line) =>
        Assert.Equal(line, SlowestTests.Of([Took(seconds, reason)]).Single().Line);

    [Fact]
    public void OneThatIsVerySlowWithoutAReasonIsComplainedOf()
    {
        Assert.Null(SlowestTests.Complaint([Took(19.9), Took(60, "It trains.")], crowd: 1));
        Assert.Null(SlowestTests.Complaint([Took(21)], crowd: 1.5));

        var complaint = SlowestTests.Complaint(
            [Took(1), Took(60, "It trains."), Took(21)],
            crowd: 1
        );

        Assert.Contains("Took21", complaint);
        Assert.DoesNotContain("Took60", complaint);
        Assert.Contains("[Slow(", complaint);
    }
}
