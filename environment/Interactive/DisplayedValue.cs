using System;
using System.Collections.Generic;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>A value that was shown and can be shown anew in its place, as in the engine.</summary>
public sealed class DisplayedValue
{
    private readonly Action<DisplayedValue> show;
    private readonly string[] mimeTypes;

    internal DisplayedValue(object? value, string[] mimeTypes, Action<DisplayedValue> show)
    {
        Value = value;
        this.mimeTypes = mimeTypes;
        this.show = show;
    }

    public string DisplayId { get; } = Guid.NewGuid().ToString();

    public object? Value { get; private set; }

    /// <summary>The media types that were asked for; none for the value's own choice.</summary>
    internal IReadOnlyList<string> MimeTypes => mimeTypes;

    /// <summary>Shows another value in the same place. Lost once the cell has ended, as in the engine.</summary>
    public void Update(object updatedValue)
    {
        Value = updatedValue;
        show(this);
    }
}
