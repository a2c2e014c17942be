using System.IO;
using System.Text;

namespace Diffusion.Runner.Commands;

/// <summary>For who writes without the console's pipeline: text is made visible all the same.</summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(VisibleText.Of($"{value}"));

    public override void Write(string? value) => inner.Write(VisibleText.Of(value ?? ""));

    public override void Write(char[] buffer, int index, int count) =>
        Write(new string(buffer, index, count));

    public override void Flush() => inner.Flush();
}
