using System.Text.Json;
using System.Text.Json.Serialization;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>What a worker tells its parent, one JSON line each.</summary>
internal sealed record WorkerEvent
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>How many cells there are: said first when all are compiled.</summary>
    public int Of { get; init; }

    /// <summary>Number of the cell that begins.</summary>
    public int Started { get; init; }

    /// <summary>The cell that ended, with what it showed.</summary>
    public ExecutedCell? Finished { get; init; }

    /// <summary>With a cell that ended: the most memory that the worker held so far.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Why a cell failed, to compile or in its run.</summary>
    public CellFailure? Failure { get; init; }

    /// <summary>The last event of a run that went through.</summary>
    public bool Done { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static WorkerEvent FromJson(string line) =>
        JsonSerializer.Deserialize<WorkerEvent>(line, Options)!;
}
