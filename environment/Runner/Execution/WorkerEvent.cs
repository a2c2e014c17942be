using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>What a child process tells its parent, one JSON line each.</summary>
internal sealed record WorkerEvent
{
    private const string Nonsense =
        "The notebook's process told something that the runner didn't ask for: did code of the notebook write into the runner's own pipe?";

    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        // The lines go into no page: what HTML would need costs six letters each.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What is read or compiled next.</summary>
    public Place? Looking { get; init; }

    /// <summary>How many cells there are: said first when all are compiled.</summary>
    public int Of { get; init; }

    /// <summary>Number of the cell that begins.</summary>
    public int Started { get; init; }

    /// <summary>The cell that ended, with what it showed.</summary>
    public ExecutedCell? Finished { get; init; }

    /// <summary>With a cell that ended: the most memory that the worker held so far.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Why a cell is refused, or failed to compile or in its run.</summary>
    public CellFailure? Failure { get; init; }

    /// <summary>A notebook was checked: what was said since the one before it is about this one.</summary>
    public bool Checked { get; init; }

    /// <summary>The last event of a run that went through.</summary>
    public bool Done { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <exception cref="InvalidDataException">It is no event.</exception>
    public static WorkerEvent FromJson(string line)
    {
        try
        {
            return
                JsonSerializer.Deserialize<WorkerEvent>(line, Options) is WorkerEvent e
                && e.Looking is not { File: null }
                && e.Failure
                    is null
                        or { Kind: not null, File: not null, LineText: not null, Message: not null }
                && (e.Finished is null || IsWhole(e.Finished))
                ? e
                : throw Forged();
        }
        catch (JsonException)
        {
            throw Forged();
        }
    }

    /// <summary>For an event that makes no sense where it comes.</summary>
    public static InvalidDataException Forged() => new(Nonsense);

    private static bool IsWhole(ExecutedCell cell) =>
        cell is { Source: not null, Outputs: not null }
        && cell.Outputs.All(o => o?.Data is not null && o.Data.Values.All(v => v is not null));
}
