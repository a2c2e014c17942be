using Microsoft.Testing.Platform.Builder;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Services;

namespace SlowTests;

/// <summary>Called by the entry point that the build writes into each test project.</summary>
public static class TestingPlatformBuilderHook
{
    public static void AddExtensions(ITestApplicationBuilder builder, string[] arguments)
    {
        if (TestCommand.Of(arguments) is not TestCommand command)
            return;
        var recorder = new CompositeExtensionFactory<DurationRecorder>(
            services => new DurationRecorder(command, services.GetMessageBus())
        );
        builder.TestHost.AddDataConsumer(recorder);
        builder.TestHost.AddTestSessionLifetimeHandler(recorder);
    }
}
