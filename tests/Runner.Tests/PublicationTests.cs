using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Pages are the old ones or the new ones, and what is none of them stays.</summary>
public sealed class PublicationTests : IDisposable
{
    private const string Mark = ".diffusion/manifest.json";

    private readonly TestFolder folder = new();

    private string Target => Path.Combine(folder.Path, "book");

    public void Dispose() => folder.Dispose();

    private string[] Files() =>
        FolderTree
            .Of(folder.Path)
            .Where(e => e.Kind != EntryKind.Folder)
            .Select(e => e.Path)
            .Order(StringComparer.Ordinal)
            .ToArray();

    private void Publish(params string[] names) => Publish(where => Fill(where, names));

    private void Publish(Action<string> write) =>
        Publication.Write(Target, write, () => "key", TestContext.Current.CancellationToken);

    private static void Fill(string where, params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(where, name))!);
            File.WriteAllText(Path.Combine(where, name), $"new {name}");
        }
    }

    /// <summary>Of files; of links where they lead.</summary>
    private string[] Contents() =>
        Files()
            .Select(f =>
                $"{f}: {new FileInfo(folder[f]).LinkTarget ?? File.ReadAllText(folder[f])}"
            )
            .ToArray();

    private string Refused(Action action)
    {
        var before = Contents();
        var message = Assert.Throws<NotebookException>(action).Message;
        Assert.Equal(before, Contents());
        return message;
    }

    private string RefusedClaim() =>
        Refused(() => Publication.Claim(Target, TestContext.Current.CancellationToken));

    [Fact]
    public void PagesAreWrittenWhereNothingWas()
    {
        Publish("index.html", "assets/book.css");

        Assert.Equal([$"book/{Mark}", "book/assets/book.css", "book/index.html"], Files());
        var manifest = Manifest.In(Target)!;
        Assert.Equal("key", manifest.Key);
        Assert.True(manifest.IsWhole(Target));
    }

    [Fact]
    public void AllOfTheOldOnesAreReplaced()
    {
        Publish("index.html", "images/deep/old.png");
        var first = Manifest.In(Target)!.Id;

        Publish("index.html", "other.html");

        Assert.Equal([$"book/{Mark}", "book/index.html", "book/other.html"], Files());
        Assert.False(Directory.Exists(Path.Combine(Target, "images")));
        Assert.NotEqual(first, Manifest.In(Target)!.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFailureOrACancellationLeavesTheOldOnes(bool cancelled)
    {
        Publish("index.html");
        var before = File.ReadAllText(folder[$"book/{Mark}"]);
        using var cancel = new CancellationTokenSource();

        Assert.ThrowsAny<Exception>(() =>
            Publication.Write(
                Target,
                where =>
                {
                    Fill(where, "other.html");
                    if (!cancelled)
                        throw new InvalidOperationException();
                    cancel.Cancel();
                },
                () => "",
                cancel.Token
            )
        );

        Assert.Equal([$"book/{Mark}", "book/index.html"], Files());
        Assert.Equal(before, File.ReadAllText(folder[$"book/{Mark}"]));
    }

    [Fact]
    public void AFailureWhereNothingWasLeavesNothing()
    {
        Assert.Throws<InvalidOperationException>(() =>
            Publish(_ => throw new InvalidOperationException())
        );
        Publication.Claim(Target, TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>Whatever a kill leaves, the next one finishes what was decided.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AKilledExchangeIsFinishedByTheNext(int moved)
    {
        Publish("index.html", "old/page.html");
        // As it is when the new pages have been decided upon, and so many of them are in their places.
        var id = Guid.NewGuid().ToString("n");
        var place = folder["book/.diffusion/x"][..^2];
        var staging = Path.Combine(Workplace.StagingOf(place, id), "pages");
        string[] names = ["assets/book.css", "other.html", "index.html"];
        Fill(staging, names);
        Manifest.Of(staging, id, "next").Save(Path.Combine(place, "next.json"));
        foreach (var name in names.Take(moved))
            File.Move(Path.Combine(staging, name), folder[$"book/{name}"], overwrite: true);
        Assert.NotNull(Publication.Unfinished(place));

        Publication.Claim(Target, TestContext.Current.CancellationToken);

        Assert.Equal([$"book/{Mark}", .. names.Order().Select(n => $"book/{n}")], Files());
        Assert.All(names, n => Assert.Equal($"new {n}", File.ReadAllText(folder[$"book/{n}"])));
        Assert.Equal("next", Manifest.In(Target)!.Key);
        Assert.True(Manifest.In(Target)!.IsWhole(Target));
    }

    /// <summary>The first was killed while pages came into their places; the second, which finished that, before it had tidied up.</summary>
    [Fact]
    public void WhatTwoKilledOnesLeftIsRemoved()
    {
        Publish("index.html");
        var place = folder["book/.diffusion/x"][..^2];
        Fill(Workplace.StagingOf(place, Manifest.In(Target)!.Id), "pages/assets/half.css");
        var second = Holder.New();
        Assert.NotEqual(second.Id, Manifest.In(Target)!.Id);
        File.WriteAllBytes(
            Path.Combine(place, "holder.json"),
            [.. second.ToBytes(), .. "\n000000000000\n"u8]
        );
        Publish("index.html");
        Assert.Equal([$"book/{Mark}", "book/index.html"], Files());
        Assert.Equal([Path.Combine(Target, Mark)], Directory.GetFileSystemEntries(place));
        Publish("index.html");
    }

    [Fact]
    public void ADeletedPageIsWrittenAnew()
    {
        Publish("index.html", "assets/book.css");
        Directory.Delete(Path.Combine(Target, "assets"), recursive: true);
        Publish("index.html", "assets/book.css");
        Assert.True(Manifest.In(Target)!.IsWhole(Target));
    }

    [Theory]
    [InlineData("notes.txt", "notes.txt")]
    [InlineData("assets/mine.css", "mine.css")]
    [InlineData(".diffusion/notes.txt", "notes.txt")]
    [InlineData(".diffusion/new-1/notes.txt", "new-1")]
    [InlineData("new-1/notes.txt", "notes.txt")]
    public void AReadersFileIsRefusedByName(string file, string named)
    {
        Publish("index.html", "assets/book.css");
        folder.Write($"book/{file}", "precious");
        Assert.Contains(named, RefusedClaim());
        Assert.Contains(named, Refused(() => Publish("index.html")));
        Assert.Contains(
            named,
            Refused(() => Publication.Remove(Target, TestContext.Current.CancellationToken))
        );
    }

    [Fact]
    public void AChangedPageIsRefusedByName()
    {
        Publish("index.html", "other.html");
        folder.Write("book/index.html", "my notes");
        Assert.Contains("index.html' was changed", RefusedClaim());
        File.Delete(folder["book/index.html"]);
        Publish("index.html");
    }

    [Fact]
    public void AFileThatCameWhileThePagesWereMadeStays()
    {
        Publish("index.html");
        Assert.Throws<NotebookException>(() =>
            Publish(where =>
            {
                Fill(where, "index.html", "notes.html");
                folder.Write("book/notes.html", "precious");
            })
        );
        Assert.Equal("precious", File.ReadAllText(folder["book/notes.html"]));
    }

    [Theory]
    [InlineData("assets/book.css")]
    [InlineData("index.html")]
    [InlineData(".diffusion/lock")]
    [InlineData(".diffusion/manifest.json")]
    [InlineData(".diffusion/holder.json")]
    [InlineData(".diffusion/next.json")]
    public void AFolderThatOnlyLooksLikeABookIsRefused(string sign)
    {
        folder.Write($"book/{sign}", "not ours");
        folder.Write("book/thesis.txt", "precious");
        RefusedClaim();
        Refused(() => Publish("index.html"));
        Refused(() => Publication.Remove(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void LinksAreNotFollowed()
    {
        folder.Write("elsewhere/thesis.txt", "precious");
        foreach (var place in new[] { "there", "assets", "index.html", ".diffusion" })
        {
            Directory.CreateDirectory(Target);
            var link = Path.Combine(Target, place);
            Directory.CreateSymbolicLink(link, folder["elsewhere/x"][..^2]);
            RefusedClaim();
            Refused(() => Publish("index.html", "assets/book.css"));
            Directory.Delete(Target, recursive: true);
        }
    }

    [Fact]
    public void WhatFileManagersPutEverywhereIsLeftAlone()
    {
        Publish("index.html");
        folder.Write("book/.DS_Store", "x");
        Publish("other.html");
        Publication.Remove(Target, TestContext.Current.CancellationToken);
        Assert.Equal(["book/.DS_Store"], Files());
    }

    [Fact]
    public void NeighboursOfAnyNameStay()
    {
        string[] names = ["book.old-2024", "book.new-1", "book.tmp", "book~", ".book.old-2024"];
        foreach (var name in names)
            folder.Write($"{name}/thesis.txt", "precious");
        Publish("index.html");
        Publish("other.html");
        Publication.Remove(Target, TestContext.Current.CancellationToken);
        Assert.Equal(names.Select(n => $"{n}/thesis.txt").Order(StringComparer.Ordinal), Files());
    }

    [Fact]
    public async Task ManyAtOnceOneAfterTheOther()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    Task.Run(
                        () =>
                        {
                            for (var round = 0; round < 5; round++)
                                if (i % 4 == 3)
                                    Publication.Remove(
                                        Target,
                                        TestContext.Current.CancellationToken
                                    );
                                else
                                    Publish("index.html", $"page-{i}.html");
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );
        Publish("index.html");
        Assert.Equal([$"book/{Mark}", "book/index.html"], Files());
    }
}
