using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Diffusion.Runner.Compiling;

/// <summary>What a submission was compiled to.</summary>
/// <param name="Assembly">The assembly's bytes; none where the code does nothing.</param>
/// <param name="Symbols">Its portable PDB, so that an exception can be traced to its line.</param>
internal sealed record SubmissionImage(byte[] Assembly, byte[] Symbols);

/// <summary>Starts a submission: takes the states of those before it, and leaves its own among them.</summary>
internal delegate Task<object?> SubmissionFactory(object?[] states);
