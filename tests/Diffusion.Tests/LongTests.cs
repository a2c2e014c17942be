using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Diffusion.Tests;

/// <summary>
/// A test of the long suite: <c>dotnet test</c> knows nothing of it, so that it is neither run nor counted as skipped.
/// <c>dotnet run --project tests/Long</c> runs it, and so does the test program where <c>LONG_SUITE</c> is set.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(LongFactDiscoverer))]
public sealed class LongFactAttribute(
    [CallerFilePath] string? sourceFilePath = null,
    [CallerLineNumber] int sourceLineNumber = -1
) : FactAttribute(sourceFilePath, sourceLineNumber), ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => LongSuite.Traits;
}

/// <inheritdoc cref="LongFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(LongTheoryDiscoverer))]
public sealed class LongTheoryAttribute(
    [CallerFilePath] string? sourceFilePath = null,
    [CallerLineNumber] int sourceLineNumber = -1
) : TheoryAttribute(sourceFilePath, sourceLineNumber), ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => LongSuite.Traits;
}

public sealed class LongFactDiscoverer : FactDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions options,
        IXunitTestMethod method,
        IFactAttribute attribute
    ) => LongSuite.IsAskedFor ? base.Discover(options, method, attribute) : new([]);
}

public sealed class LongTheoryDiscoverer : TheoryDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions options,
        IXunitTestMethod method,
        IFactAttribute attribute
    ) => LongSuite.IsAskedFor ? base.Discover(options, method, attribute) : new([]);
}

internal static class LongSuite
{
    /// <summary>By which the test program finds them: <c>-trait suite=long</c>.</summary>
    public static readonly KeyValuePair<string, string>[] Traits = [new("suite", "long")];

    public static bool IsAskedFor => Environment.GetEnvironmentVariable("LONG_SUITE") is not null;
}
