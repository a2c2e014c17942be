using System;
using System.Threading;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive;

/// <summary>The run of one cell, as far as cells of the engine can see it.</summary>
public sealed class KernelInvocationContext
{
    private static readonly AsyncLocal<KernelInvocationContext?> Running = new();

    private readonly Action<DisplayedValue> show;
    private bool ended;

    internal KernelInvocationContext(
        Action<DisplayedValue> show,
        CancellationToken cancellationToken
    )
    {
        this.show = show;
        CancellationToken = cancellationToken;
    }

    /// <summary>The cell that runs here, or null.</summary>
    public static KernelInvocationContext? Current
    {
        get => Running.Value;
        internal set => Running.Value = value;
    }

    /// <summary>Cancelled when the reader presses Stop.</summary>
    public CancellationToken CancellationToken { get; }

    internal DisplayedValue Show(object? value, string[] mimeTypes)
    {
        var displayed = new DisplayedValue(value, mimeTypes, OnShow);
        OnShow(displayed);
        return displayed;
    }

    internal void End() => ended = true;

    private void OnShow(DisplayedValue displayed)
    {
        if (!ended)
            show(displayed);
    }
}

public static class KernelInvocationContextExtensions
{
    /// <summary>Shows a value in the running cell.</summary>
    public static DisplayedValue Display(
        this KernelInvocationContext context,
        object value,
        params string[] mimeTypes
    ) => context.Show(value, mimeTypes);
}
