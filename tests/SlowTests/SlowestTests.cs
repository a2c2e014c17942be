using System;
using System.Collections.Generic;
using System.Linq;

namespace SlowTests;

/// <summary>What is told of the tests that took longest.</summary>
internal static class SlowestTests
{
    private const int Told = 10;

    /// <summary>A test that takes longer must say why.</summary>
    public static readonly TimeSpan NeedsReason = TimeSpan.FromSeconds(10);

    /// <summary>A test that took longer and doesn't say why fails: a machine with one more program takes up to twice as long as a quiet one.</summary>
    public static readonly TimeSpan Fails = 2 * NeedsReason;

    /// <summary>The ten slowest, a line each.</summary>
    public static IEnumerable<(string Line, string File)> Of(IEnumerable<TestDuration> tests) =>
        tests.OrderByDescending(t => t.Seconds).Take(Told).Select(t => (Line(t), t.File));

    /// <summary>What must be mended; null where every slow test has its reason.</summary>
    /// <param name="crowd">How many times as long things take because of others on the machine; 1 where there are none.</param>
    public static string? Complaint(IEnumerable<TestDuration> tests, double crowd)
    {
        var silent = tests
            .Where(t => t.Reason is null && t.Seconds > crowd * Fails.TotalSeconds)
            .Select(Line)
            .ToArray();
        return silent.Length == 0
            ? null
            : $"Make it faster, or say beside it why it cannot be: [Slow(\"...\")].\n{string.Join('\n', silent)}";
    }

    private static string Line(TestDuration test)
    {
        var reason =
            test.Seconds <= NeedsReason.TotalSeconds ? ""
            : test.Reason is null ? " (no reason is given)"
            : $" ({test.Reason})";
        return FormattableString.Invariant($"{test.Seconds, 5:0.0} s  {test.Name}{reason}");
    }
}
