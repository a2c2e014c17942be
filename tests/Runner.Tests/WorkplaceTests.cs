using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>One process at a time in an output folder, whatever became of the one before.</summary>
public sealed class WorkplaceTests : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly TestFolder folder = new();

    private string Place => Path.Combine(folder.Path, "out", Workplace.Name);

    public void Dispose() => folder.Dispose();

    private Workplace Enter(Action<Holder>? waits = null, CancellationTokenSource? cancel = null) =>
        Workplace.Enter(
            Path.Combine(folder.Path, "out"),
            cancel?.Token ?? TestContext.Current.CancellationToken,
            waits,
            Beat
        );

    private void Left(Holder holder)
    {
        folder.Write("out/.diffusion/lock", "");
        File.WriteAllBytes(
            folder["out/.diffusion/holder.json"],
            [.. holder.ToBytes(), .. "\n000000000000\n"u8]
        );
        folder.Write($"out/.diffusion/new-{holder.Id}/half.html", "");
    }

    [Fact]
    public void NothingIsLeft()
    {
        using (var place = Enter())
            File.WriteAllText(Path.Combine(place.Staging, "half.html"), "");
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task ASecondOneWaitsAndSaysForWhom()
    {
        var said = new TaskCompletionSource<Holder>();
        var first = Enter();
        var second = Task.Run(
            () => Enter(said.SetResult).Dispose(),
            TestContext.Current.CancellationToken
        );
        Assert.Same(said.Task, await Task.WhenAny(said.Task, second));
        var holder = await said.Task;
        Assert.Equal(first.Id, holder.Id);
        Assert.Contains(
            $"process {Environment.ProcessId} on {Environment.MachineName}",
            $"{holder}"
        );
        Assert.False(second.IsCompleted);
        first.Dispose();
        await second;
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void WaitingCanBeCancelled()
    {
        using var first = Enter();
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Enter(_ => cancel.Cancel(), cancel));
        Assert.True(File.Exists(folder["out/.diffusion/lock"]));
    }

    [Fact]
    public void ExactlyWhatAKilledOneLeftIsRemoved()
    {
        Left(Holder.New());
        folder.Write("out/.diffusion/new-0123456789abcdef0123456789abcdef/thesis.txt", "precious");
        using (Enter()) { }
        Assert.Equal(
            [Path.Combine(Place, "new-0123456789abcdef0123456789abcdef")],
            Directory.GetFileSystemEntries(Place)
        );
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("")]
    public void ALockWithoutAHolderIsTaken(string said)
    {
        folder.Write("out/.diffusion/lock", said);
        folder.Write("out/.diffusion/holder.json", "");
        using (Enter()) { }
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder.Path, "out")));
    }

    [Theory]
    [InlineData("lock", "four and more letters of somebody")]
    [InlineData("holder.json", "{}")]
    [InlineData("holder.json", """{"Id":"..","Machine":"","Kernel":""}""")]
    public void AStrangersFileOfThatNameIsRefused(string name, string text)
    {
        folder.Write($"out/.diffusion/{name}", text);
        Assert.Contains(name, Assert.Throws<NotebookException>(() => Enter()).Message);
        Assert.Equal(text, File.ReadAllText(folder[$"out/.diffusion/{name}"]));
        Assert.Single(Directory.GetFileSystemEntries(Place));
    }

    [Fact]
    public void ALockThatIsALinkIsRefused()
    {
        File.CreateSymbolicLink(folder["out/.diffusion/lock"], folder.Write("mine", ""));
        Assert.Throws<NotebookException>(() => Enter());
        Assert.Equal("", File.ReadAllText(folder["mine"]));
    }

    /// <summary>Where locks do not show: another machine whose count stands still is dead, one that counts is not.</summary>
    [Fact]
    public async Task AnotherMachineIsWaitedForWhileItCounts()
    {
        var other = Holder.New() with { Kernel = "another", Machine = "far-away" };
        Left(other);
        using (Enter()) { }
        Assert.False(Directory.Exists(Place));

        Left(other);
        var said = new TaskCompletionSource<Holder>();
        using var stop = new CancellationTokenSource();
        var counting = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    // In place, as a holder does it.
                    using (
                        var file = new FileStream(
                            folder["out/.diffusion/holder.json"],
                            FileMode.Open,
                            FileAccess.Write,
                            FileShare.ReadWrite
                        )
                    )
                    {
                        file.Seek(-13, SeekOrigin.End);
                        file.Write(Encoding.UTF8.GetBytes($"{i:d12}"));
                    }
                    await Task.Delay(Beat / 20, TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken
        );
        var waiting = Task.Run(
            () => Enter(h => said.TrySetResult(h)).Dispose(),
            TestContext.Current.CancellationToken
        );
        Assert.Same(said.Task, await Task.WhenAny(said.Task, waiting));
        Assert.Equal("far-away", (await said.Task).Machine);
        Assert.False(waiting.IsCompleted);
        stop.Cancel();
        await counting;
        await waiting;
    }
}
