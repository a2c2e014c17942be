using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Extensions.Messages;
using Microsoft.Testing.Platform.Extensions.TestHost;
using Microsoft.Testing.Platform.Messages;
using Microsoft.Testing.Platform.Services;
using Microsoft.Testing.Platform.TestHost;

namespace SlowTests;

/// <summary>Listens how long each test takes, and at the end tells <c>dotnet test</c> of the slowest.</summary>
internal sealed class DurationRecorder(TestCommand command, IMessageBus bus)
    : IDataConsumer,
        IDataProducer,
        ITestSessionLifetimeHandler
{
    private readonly List<TestDuration> tests = [];

    public string Uid => nameof(DurationRecorder);

    public string Version => "1.0.0";

    public string DisplayName => "Slow tests";

    public string Description => "Tells of the slowest tests, and of those that don't say why.";

    public Type[] DataTypesConsumed => [typeof(TestNodeUpdateMessage)];

    public Type[] DataTypesProduced => [typeof(TestNodeUpdateMessage)];

    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    public Task OnTestSessionStartingAsync(ITestSessionContext context) => Task.CompletedTask;

    public Task ConsumeAsync(IDataProducer producer, IData value, CancellationToken cancel)
    {
        var test = ((TestNodeUpdateMessage)value).TestNode;
        if (test.Properties.SingleOrDefault<TimingProperty>() is TimingProperty timing)
            tests.Add(
                new TestDuration(
                    test.DisplayName,
                    timing.GlobalTiming.Duration.TotalSeconds,
                    Reason(test.Properties.SingleOrDefault<TestMethodIdentifierProperty>()),
                    test.Properties.SingleOrDefault<TestFileLocationProperty>()?.FilePath ?? "?"
                )
            );
        return Task.CompletedTask;
    }

    public async Task OnTestSessionFinishingAsync(ITestSessionContext context)
    {
        // At its end the command lists files that tests left: the only lines that it takes from a project where all went well.
        foreach (var (line, file) in SlowestTests.Of(command.Leave(tests)))
            await Publish(
                line,
                InProgressTestNodeStateProperty.CachedInstance,
                new FileArtifactProperty(new FileInfo(file), "source")
            );
        if (SlowestTests.Complaint(tests, TestCommand.Crowd) is string complaint)
            await Publish(
                "Slow tests say why they are",
                new FailedTestNodeStateProperty(complaint)
            );

        Task Publish(string name, params IProperty[] properties) =>
            bus.PublishAsync(
                this,
                new TestNodeUpdateMessage(
                    context.SessionUid,
                    new TestNode
                    {
                        Uid = $"{nameof(SlowTests)}: {name}",
                        DisplayName = name,
                        Properties = new PropertyBag(properties),
                    }
                )
            );
    }

    private static string? Reason(TestMethodIdentifierProperty? method) =>
        method is null
            ? null
            : Assembly
                .GetExecutingAssembly()
                .GetType($"{method.Namespace}.{method.TypeName}")
                ?.GetMethods()
                .Where(m => m.Name == method.MethodName)
                .Select(m => m.GetCustomAttribute<SlowAttribute>()?.Reason)
                .FirstOrDefault(r => r is not null);
}
