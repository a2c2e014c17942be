using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;

namespace Diffusion.Faults;

/// <summary>Something that goes wrong on a machine, and what must be so all the same.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Outcome">What must come of it, for the table.</param>
/// <param name="Tries">How often it is tried.</param>
/// <param name="Try">Makes it happen; throws where something else came of it.</param>
internal sealed record Fault(string Name, string Outcome, int Tries, Action<int> Try)
{
    /// <summary>What must still go well behind the last try.</summary>
    public Action? Afterwards { get; init; }

    /// <summary>Tries it as often as it says.</summary>
    /// <param name="minutes">No other try begins after so long.</param>
    /// <returns>A row of the table, and what went wrong.</returns>
    public (string Row, IReadOnlyList<string> Troubles) Run(double minutes)
    {
        var troubles = new List<string>();
        var clock = Stopwatch.StartNew();
        var tried = 0;
        while (tried < Tries && (tried == 0 || clock.Elapsed.TotalMinutes < minutes))
        {
            var i = tried++;
            Note(() => Try(i), $"try {i + 1}");
        }
        Note(() => Afterwards?.Invoke(), "afterwards");
        return (
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {Name} | {tried} | {Outcome} | {troubles.Count} | {DateTime.UtcNow:yyyy-MM-dd} |"
            ),
            troubles
        );

        void Note(Action action, string when)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                troubles.Add($"{Name}, {when}: {e.Message}");
            }
        }
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new FaultException(otherwise);
    }
}

/// <summary>Something else came of a fault than must.</summary>
internal sealed class FaultException(string message) : Exception(message);
