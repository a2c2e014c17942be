using System;
using System.Collections.Generic;

namespace Diffusion.Long;

/// <summary>A part of the long suite.</summary>
/// <param name="Name">By which it is asked for.</param>
/// <param name="Shows">What it shows, and where its table is.</param>
/// <param name="Whole">All of it, asked for only when it is wanted: programs are asked what they have.</param>
/// <param name="Slices">What continuous integration may do of it in a few minutes, in the same way; null where nothing of it is so short.</param>
internal sealed record Part(
    string Name,
    string Shows,
    Func<IReadOnlyList<Piece>> Whole,
    Func<IReadOnlyList<Piece>>? Slices = null
);

/// <summary>One process of a part: begun anew after it was interrupted, left out once it has passed.</summary>
/// <param name="Name">What it does; no two of a part have the same.</param>
/// <param name="Minutes">That it takes on two cores, about.</param>
/// <param name="Command">Program and arguments, given in the repository's folder.</param>
internal sealed record Piece(string Name, double Minutes, IReadOnlyList<string> Command);
