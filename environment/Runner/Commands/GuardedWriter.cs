using System;
using System.IO;
using System.Text;

namespace Diffusion.Runner.Commands;

/// <summary>Standard output or error, where it may be full or closed.</summary>
/// <param name="inner">The stream.</param>
/// <param name="failed">What to do where it takes nothing.</param>
internal sealed class GuardedWriter(TextWriter inner, Action<Exception> failed) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) =>
        Try(() => inner.Write(buffer, index, count));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        // A closed one is reported as a lack of rights.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failed(e);
        }
    }
}

/// <summary>Nobody can be told anything on the standard output.</summary>
internal sealed class OutputException(Exception cause)
    : IOException($"The output cannot be written: {(cause.InnerException ?? cause).Message}.");
