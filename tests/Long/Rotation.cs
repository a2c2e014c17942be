using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Diffusion.Long;

/// <summary>Which slices of the suite a commit gets: the commit alone decides, so that anybody can repeat it.</summary>
internal static class Rotation
{
    /// <summary>
    /// One that the commit's name picks, and those behind it while they fit, round the end; at least one.
    /// </summary>
    /// <param name="all">In an order that the sources fix.</param>
    /// <param name="commit">Its full name, hexadecimal.</param>
    public static IReadOnlyList<T> Of<T>(
        IReadOnlyList<T> all,
        Func<T, double> minutesOf,
        string commit,
        double minutes
    )
    {
        var first = (int)(
            ulong.Parse(commit.AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            % (ulong)all.Count
        );
        var chosen = new List<T> { all[first] };
        var left = minutes - minutesOf(all[first]);
        foreach (var next in all.Skip(first + 1).Concat(all.Take(first)))
        {
            if (minutesOf(next) > left)
                break;
            chosen.Add(next);
            left -= minutesOf(next);
        }
        return chosen;
    }
}
