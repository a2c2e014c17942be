using System;
using System.Globalization;
using Diffusion.Benchmarks.Measuring;

namespace Diffusion.Benchmarks.Reports;

/// <summary>Numbers as the tables write them, the same in every country.</summary>
internal static class Units
{
    /// <summary>Three significant digits, in milliseconds below ten seconds.</summary>
    public static string Time(double seconds) =>
        seconds < 10 ? $"{Digits(1000 * seconds)} ms" : $"{Digits(seconds)} s";

    /// <summary>The fastest and the slowest repetition.</summary>
    public static string Spread(Timing timing) =>
        $"{Time(timing.Fastest)} to {Time(timing.Slowest)}";

    /// <summary>Billions a second; empty where nothing was counted.</summary>
    public static string Giga(double count, double seconds) =>
        count > 0 ? Digits(count / seconds / 1e9) : "";

    public static string Percent(double part) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * part:f0} %");

    public static string Times(double ratio) =>
        string.Create(CultureInfo.InvariantCulture, $"{ratio:f2}x");

    public static string Megabytes(double bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:f0} MB");

    /// <summary>Three significant digits, without an exponent.</summary>
    public static string Digits(double value)
    {
        var before = value == 0 ? 1 : (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        var decimals = Math.Clamp(3 - before, 0, 9);
        return value.ToString($"f{decimals}", CultureInfo.InvariantCulture);
    }

    public static string Images(int count) => count == 1 ? "1 image" : $"{count} images";

    public static string Name(Precision format) =>
        format == Precision.BFloat16 ? "bfloat16" : "float32";
}
