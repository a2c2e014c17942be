using System;
using System.IO;
using System.Text;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Execution;

/// <summary>Stands for the console while cells run: each text goes to the cell that runs.</summary>
internal sealed class CellConsoles : IDisposable
{
    private readonly TextWriter output = Console.Out;
    private readonly TextWriter error = Console.Error;
    private readonly TextReader input = Console.In;

    private readonly TextWriter cellOutput;
    private readonly TextWriter cellError;

    /// <param name="current">The running cell's outputs; null between cells, where text is lost.</param>
    public CellConsoles(Func<OutputCollector?> current)
    {
        cellOutput = new CellWriter(OutputKind.StandardOutput, current);
        cellError = new CellWriter(OutputKind.StandardError, current);
    }

    /// <summary>
    /// Before each cell, as the engine does: a writer that a cell put there holds for that cell, and what
    /// was written to it stays its own.
    /// </summary>
    public void TakeOver()
    {
        Console.SetOut(cellOutput);
        Console.SetError(cellError);
        // Nobody sits there to answer: a cell that asks gets the end of the input at once.
        Console.SetIn(TextReader.Null);
    }

    public void Dispose()
    {
        Console.SetOut(output);
        Console.SetError(error);
        Console.SetIn(input);
    }

    private sealed class CellWriter(OutputKind kind, Func<OutputCollector?> current) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => current()?.Write(kind, [value]);

        public override void Write(string? value) => current()?.Write(kind, value);

        public override void Write(ReadOnlySpan<char> buffer) => current()?.Write(kind, buffer);

        public override void Write(char[] buffer, int index, int count) =>
            current()?.Write(kind, buffer.AsSpan(index, count));
    }
}
