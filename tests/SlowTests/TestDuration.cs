namespace SlowTests;

/// <summary>How long a test took.</summary>
/// <param name="Name">As it is shown, with its arguments.</param>
/// <param name="Seconds">Of the clock on the wall, on a machine that may have been busy.</param>
/// <param name="Reason">Of its <see cref="SlowAttribute"/>; null without one.</param>
/// <param name="File">Its source.</param>
internal sealed record TestDuration(string Name, double Seconds, string? Reason, string File);
