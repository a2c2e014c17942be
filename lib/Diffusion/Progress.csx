#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;

/// <summary>A progress bar over any sequence, with the time that is left.</summary>
public static class Progress
{
    // Each update of a notebook replaces the cell's outputs: a few a second are plenty.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan ConsolePause = TimeSpan.FromSeconds(10);

    /// <summary>Hands a sequence through, element by element, and shows how far it is.</summary>
    /// <param name="items">What is worked on; it is read lazily.</param>
    /// <param name="total">How many there will be.</param>
    /// <param name="title">What is going on.</param>
    /// <param name="note">What to say of the latest element, such as its loss.</param>
    /// <param name="curve">A number of each element, drawn as a small falling or rising line.</param>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed.</exception>
    public static IEnumerable<T> Over<T>(
        IEnumerable<T> items,
        int total,
        string title,
        Func<T, string>? note = null,
        Func<T, double>? curve = null
    )
    {
        var clock = Stopwatch.StartNew();
        var write = Host.ShowHtml(Bar(title, 0, total, clock.Elapsed, "", []));
        var (done, shown) = (0, TimeSpan.Zero);
        var drawn = new List<double>();
        var said = "";
        try
        {
            Host.ThrowIfStopped();
            foreach (var item in items)
            {
                yield return item;
                done++;
                said = note?.Invoke(item) ?? "";
                if (curve is not null)
                    drawn.Add(curve(item));
                if (clock.Elapsed - shown >= (Host.ShowsHtml ? Pause : ConsolePause))
                {
                    shown = clock.Elapsed;
                    if (Host.ShowsHtml)
                        write(Bar(title, done, total, shown, said, drawn));
                    else
                        Console.WriteLine(Line(title, done, total, shown, said));
                }
                // Before the next one is made, so that none is made and then lost.
                Host.ThrowIfStopped();
            }
        }
        finally
        {
            // Also where the loop was left early: what stands there last is what happened.
            write(Bar(title, done, total, clock.Elapsed, said, drawn));
        }
    }

    private static string Line(string title, int done, int total, TimeSpan elapsed, string note)
    {
        var left =
            done == 0 || done >= total ? "" : $", {Time(elapsed / done * (total - done))} left";
        return $"{title}: {done:n0} of {total:n0} in {Time(elapsed)}{left}{(note == "" ? "" : $" · {note}")}";
    }

    private static string Bar(
        string title,
        int done,
        int total,
        TimeSpan elapsed,
        string note,
        IReadOnlyList<double> curve
    ) =>
        $"<div class=\"diffusion-progress\"><progress max=\"{Math.Max(total, 1)}\" value=\"{done}\" aria-label=\"{WebUtility.HtmlEncode(title)}\" style=\"width:14em\"></progress> {WebUtility.HtmlEncode(Line(title, done, total, elapsed, note))}{Sparkline(curve)}</div>";

    private static string Sparkline(IReadOnlyList<double> curve)
    {
        var finite = curve.Where(double.IsFinite).ToArray();
        if (finite.Length < 2)
            return "";
        var (low, high) = (finite.Min(), finite.Max());
        var every = Math.Max(1, finite.Length / 300);
        var points = finite
            .Where((_, i) => i % every == 0)
            .Select(
                (v, i) =>
                    FormattableString.Invariant(
                        $"{300.0 * i * every / (finite.Length - 1):f1},{42 - 40 * (v - low) / Math.Max(high - low, 1e-12):f1}"
                    )
            );
        var text = FormattableString.Invariant($"From {finite[0]:g3} to {finite[^1]:g3}");
        return $"<svg viewBox=\"0 0 300 44\" role=\"img\" aria-label=\"{text}\" style=\"display:block;width:100%;max-width:30em;height:4em\"><polyline fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" points=\"{string.Join(" ", points)}\"/></svg>";
    }

    private static string Time(TimeSpan time) =>
        time.TotalSeconds < 60
            ? time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
            : $"{(int)time.TotalMinutes} min {time.Seconds} s";
}
