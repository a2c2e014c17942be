using System;
using System.Globalization;
using System.IO;
using System.Text.Json;

namespace Diffusion.Runner.Outputs;

/// <summary>Who is at work in an output folder: what the file <c>holder.json</c> says.</summary>
/// <param name="Id">Random: 32 hexadecimal digits. Names the folder of unfinished files.</param>
/// <param name="Machine">Its name, for people.</param>
/// <param name="Kernel">The same for all containers on one running kernel, and for nothing else; a machine's name where the system tells no better.</param>
/// <param name="Process">Its number, for people: another container may have the same one.</param>
/// <param name="Started">For people.</param>
internal sealed record Holder(
    string Id,
    string Machine,
    string Kernel,
    int Process,
    DateTimeOffset Started
)
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    /// <summary>This process, with an id of its own.</summary>
    public static Holder New()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return new(
            Guid.NewGuid().ToString("n"),
            Environment.MachineName,
            File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : Environment.MachineName,
            Environment.ProcessId,
            self.StartTime
        );
    }

    /// <summary>In a sentence.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"process {Process} on {Machine}, started {Started.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC"
        );

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <returns>Null where the file is none of ours, or not yet complete.</returns>
    public static Holder? From(ReadOnlySpan<byte> file)
    {
        try
        {
            return
                JsonSerializer.Deserialize<Holder>(file)
                    is { Id: not null, Machine: not null, Kernel: not null } read
                && Guid.TryParseExact(read.Id, "n", out _)
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
