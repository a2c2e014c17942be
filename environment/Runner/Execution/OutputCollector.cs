using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Diffusion.Runner.Notebooks;
using Microsoft.DotNet.Interactive.Formatting;

namespace Diffusion.Runner.Execution;

/// <summary>Gathers what one cell shows, in the order in which it was first shown.</summary>
internal sealed class OutputCollector
{
    /// <summary>Characters of console text that are kept of a cell; beyond, a line says that there was more.</summary>
    public const int LongestText = 1_000_000;

    private readonly Lock gate = new();
    private readonly List<(string? Id, CellOutput Output)> outputs = [];
    private readonly StringBuilder pending = new();
    private OutputKind pendingKind;
    private int textLength;

    /// <summary>Adds console text; neighbours of one kind become one output.</summary>
    public void Write(OutputKind kind, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            if (kind != pendingKind)
                Flush();
            pendingKind = kind;
            var room = LongestText - textLength;
            if (room <= 0)
                return;
            pending.Append(text[..Math.Min(text.Length, room)]);
            textLength += text.Length;
            if (textLength > LongestText)
                pending.Append(
                    $"\n… the rest is left out: a cell may print {LongestText:n0} characters."
                );
        }
    }

    /// <summary>Shows a value, or shows it anew in its place.</summary>
    public void Show(DisplayedValue displayed)
    {
        var data = ValueFormatter.Format(displayed.Value, displayed.MimeTypes);
        lock (gate)
        {
            Flush();
            var entry = (displayed.DisplayId, new CellOutput(OutputKind.Display, data));
            var at = outputs.FindIndex(o => o.Id == displayed.DisplayId);
            if (at < 0)
                outputs.Add(entry);
            else
                outputs[at] = entry;
        }
    }

    public void Return(object? value)
    {
        lock (gate)
        {
            Flush();
            outputs.Add(
                (null, new CellOutput(OutputKind.ReturnValue, ValueFormatter.Format(value, [])))
            );
        }
    }

    public void Fail(string message)
    {
        lock (gate)
        {
            Flush();
            outputs.Add(
                (
                    null,
                    new CellOutput(
                        OutputKind.Error,
                        new Dictionary<string, string> { [ValueFormatter.PlainText] = message }
                    )
                )
            );
        }
    }

    public IReadOnlyList<CellOutput> All()
    {
        lock (gate)
        {
            Flush();
            return outputs.Select(o => o.Output).ToArray();
        }
    }

    private void Flush()
    {
        if (pending.Length > 0)
            outputs.Add(
                (
                    null,
                    new CellOutput(
                        pendingKind,
                        new Dictionary<string, string>
                        {
                            [ValueFormatter.PlainText] = pending.ToString(),
                        }
                    )
                )
            );
        pending.Clear();
    }
}
