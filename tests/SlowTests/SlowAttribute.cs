using System;

namespace SlowTests;

/// <summary>Says why a test takes more than <see cref="SlowestTests.NeedsReason"/>: what it could not know in less.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlowAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}
