using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Commands;
using Xunit;

namespace Diffusion.Tests.Runner;

public sealed class FolderSwapTests : IDisposable
{
    private readonly TestFolder folder = new();

    private string Target => Path.Combine(folder.Path, "book");

    public void Dispose() => folder.Dispose();

    private string[] Files() =>
        Directory
            .GetFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder.Path, f))
            .Order(StringComparer.Ordinal)
            .ToArray();

    private static void Fill(string where) => File.WriteAllText(Path.Combine(where, "new"), "");

    [Fact]
    public void WritesWhereNothingWas()
    {
        FolderSwap.Write(Target, Fill, CancellationToken.None);

        Assert.Equal([Path.Combine("book", "new")], Files());
    }

    [Fact]
    public void ReplacesAllOfTheOldOne()
    {
        folder.Write("book/deep/old", "");

        FolderSwap.Write(Target + "/", Fill, CancellationToken.None);

        Assert.Equal([Path.Combine("book", "new")], Files());
    }

    [Fact]
    public void AFailureLeavesTheOldOne()
    {
        folder.Write("book/deep/old", "");

        Assert.Throws<InvalidOperationException>(() =>
            FolderSwap.Write(
                Target,
                where =>
                {
                    Fill(where);
                    throw new InvalidOperationException();
                },
                CancellationToken.None
            )
        );

        Assert.Equal([Path.Combine("book", "deep", "old")], Files());
    }

    [Fact]
    public void ACancellationLeavesTheOldOne()
    {
        folder.Write("book/old", "");
        using var cancel = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() =>
            FolderSwap.Write(
                Target,
                where =>
                {
                    Fill(where);
                    cancel.Cancel();
                },
                cancel.Token
            )
        );

        Assert.Equal([Path.Combine("book", "old")], Files());
    }

    [Fact]
    public void WhatAKilledProcessLeftIsTidiedUp()
    {
        var gone = EndedProcess();
        folder.Write($"book.new-{gone}/half", "");
        folder.Write("book/old", "");

        FolderSwap.Write(Target, Fill, CancellationToken.None);

        Assert.Equal([Path.Combine("book", "new")], Files());
    }

    [Fact]
    public void ABookThatAKilledProcessHadPutAsideComesBack()
    {
        folder.Write($"book.old-{EndedProcess()}/good", "");

        Assert.Throws<InvalidOperationException>(() =>
            FolderSwap.Write(
                Target,
                _ => throw new InvalidOperationException(),
                CancellationToken.None
            )
        );

        Assert.Equal([Path.Combine("book", "good")], Files());
    }

    [Fact]
    public void WhatARunningProcessWritesIsLeftAlone()
    {
        using var other = Process.Start("sleep", "30");
        folder.Write($"book.new-{other.Id}/half", "");

        FolderSwap.Write(Target, Fill, CancellationToken.None);
        other.Kill();

        Assert.Equal(
            [Path.Combine($"book.new-{other.Id}", "half"), Path.Combine("book", "new")],
            Files()
        );
    }

    private static int EndedProcess()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
