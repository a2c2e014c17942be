using System;
using System.Collections.Generic;
using System.Globalization;

namespace Diffusion.Faults;

/// <summary>Something that goes wrong on a machine, and what must be so all the same.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Outcome">What must come of it, for the table.</param>
/// <param name="Tries">How often it is tried.</param>
/// <param name="Try">Makes it happen; throws where something else came of it.</param>
internal sealed record Fault(string Name, string Outcome, int Tries, Action<int> Try)
{
    /// <summary>Tries it as often as it says.</summary>
    /// <returns>A row of the table, and what went wrong.</returns>
    public (string Row, IReadOnlyList<string> Troubles) Run()
    {
        var troubles = new List<string>();
        for (var i = 0; i < Tries; i++)
            try
            {
                Try(i);
            }
            catch (Exception e)
            {
                troubles.Add($"{Name}, try {i + 1}: {e.Message}");
            }
        return (
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {Name} | {Tries} | {Outcome} | {troubles.Count} | {DateTime.UtcNow:yyyy-MM-dd} |"
            ),
            troubles
        );
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new FaultException(otherwise);
    }
}

/// <summary>Something else came of a fault than must.</summary>
internal sealed class FaultException(string message) : Exception(message);
