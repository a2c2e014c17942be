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

    /// <summary>Characters of all that a cell shows; a chapter's largest shows a few million.</summary>
    public const int MostShown = 32 << 20;

    // What an output costs beside its text: a million empty ones are too many as well.
    private const int CostOfOne = 1_000;

    private readonly Lock gate = new();
    private readonly List<CellOutput> outputs = [];
    private readonly Dictionary<string, int> places = [];
    private readonly StringBuilder pending = new();
    private OutputKind pendingKind;
    private int textLength;
    private long shown;

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
            Add(displayed.DisplayId, OutputKind.Display, data);
        }
    }

    public void Return(object? value)
    {
        lock (gate)
        {
            Flush();
            Add(null, OutputKind.ReturnValue, ValueFormatter.Format(value, []));
        }
    }

    public void Fail(string message)
    {
        lock (gate)
        {
            Flush();
            outputs.Add(new CellOutput(OutputKind.Error, Plain(message)));
        }
    }

    public IReadOnlyList<CellOutput> All()
    {
        lock (gate)
        {
            Flush();
            return outputs.ToArray();
        }
    }

    private void Flush()
    {
        if (pending.Length > 0)
            Add(null, pendingKind, Plain(pending.ToString()));
        pending.Clear();
    }

    /// <summary>Adds an output, or puts it in the place of the one with its id, as far as there is room.</summary>
    private void Add(string? id, OutputKind kind, IReadOnlyDictionary<string, string> data)
    {
        var there = places.TryGetValue(id ?? "", out var at);
        var full = shown > MostShown;
        shown += Cost(data) - (there ? Cost(outputs[at].Data) : 0);
        if (shown <= MostShown && there)
            outputs[at] = new CellOutput(kind, data);
        else if (shown <= MostShown)
        {
            if (id is not null)
                places[id] = outputs.Count;
            outputs.Add(new CellOutput(kind, data));
        }
        else if (!full)
            outputs.Add(
                new CellOutput(
                    OutputKind.StandardError,
                    Plain(
                        $"… the rest is left out: a cell may show {MostShown >> 20} million characters, pictures and all."
                    )
                )
            );
    }

    private static long Cost(IReadOnlyDictionary<string, string> data) =>
        CostOfOne + data.Values.Sum(text => (long)text.Length);

    private static Dictionary<string, string> Plain(string text) =>
        new() { [ValueFormatter.PlainText] = text };
}
