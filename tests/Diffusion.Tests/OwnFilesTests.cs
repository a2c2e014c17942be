using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>In a folder of a training nothing is replaced or deleted but what a training wrote there.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private const string Weights = "tiny.safetensors";
    private const string Checkpoint = "step-00000010.checkpoint.safetensors";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string In(string name) => Path.Combine(folder.Location, name);

    private string[] Names() =>
        Directory
            .GetFileSystemEntries(folder.Location)
            .Select(f => Path.GetFileName(f)!)
            .Order(StringComparer.Ordinal)
            .ToArray();

    private void Put(string name, string text = "precious") => File.WriteAllText(In(name), text);

    private TrainingFolder Claim() => TrainingFolder.Claim(folder.Location, Weights);

    private static void Sound(string path) =>
        global::Weights.Save(
            new Dictionary<string, Tensor> { ["a"] = ones(2) },
            new Dictionary<string, string>(),
            path
        );

    [Fact]
    public void A_file_of_its_own_is_replaced_and_deleted_and_another_is_not()
    {
        Put("theirs");
        var files = new OwnFiles(folder.Location);
        files.Write("ours", path => File.WriteAllText(path, "1"));
        files.Write("ours", path => File.WriteAllText(path, "2"));
        Assert.Throws<InvalidDataException>(() =>
            files.Write("theirs", path => File.WriteAllText(path, "lost"))
        );
        files.Delete("theirs");
        Assert.Equal(
            ("2", "precious"),
            (File.ReadAllText(In("ours")), File.ReadAllText(In("theirs")))
        );

        // The list outlives the process.
        files = new OwnFiles(folder.Location);
        Assert.True(files.Contains("ours"));
        files.Delete("ours");
        Assert.Equal([OwnFiles.ListName, "theirs"], Names());
    }

    [Fact]
    public void A_write_that_fails_leaves_the_earlier_file()
    {
        var files = new OwnFiles(folder.Location);
        files.Write("ours", path => File.WriteAllText(path, "1"));
        Assert.Throws<InvalidOperationException>(() =>
            files.Write(
                "ours",
                path =>
                {
                    File.WriteAllText(path, "half");
                    throw new InvalidOperationException();
                }
            )
        );
        Assert.Equal("1", File.ReadAllText(In("ours")));
        Assert.Equal(["ours", OwnFiles.ListName], Names());
    }

    [Fact]
    public void Exactly_what_a_kill_left_is_removed()
    {
        _ = new OwnFiles(folder.Location);
        var number = File.ReadLines(In(OwnFiles.ListName)).First()[^32..];
        foreach (var name in new[] { $"unfinished-{number}", "unfinished-1", "unfinished" })
        {
            Directory.CreateDirectory(In(name));
            File.WriteAllText(Path.Combine(In(name), "half"), "");
        }
        Put("a.tmp");
        Put($"{Checkpoint}.0123456789abcdef0123456789abcdef.tmp");
        var before = Names();
        _ = new OwnFiles(folder.Location);
        Assert.Equal(before.Where(n => n != $"unfinished-{number}"), Names());
    }

    [Theory]
    [InlineData("precious")]
    [InlineData("Files that this project wrote, and may replace or delete: 1\n")]
    [InlineData(
        "Files that this project wrote, and may replace or delete: 0123456789abcdef0123456789abcdef\n../a\n"
    )]
    public void A_list_that_is_none_is_refused(string text)
    {
        Put(OwnFiles.ListName, text);
        Assert.Throws<InvalidDataException>(() => new OwnFiles(folder.Location));
        Assert.Equal(text, File.ReadAllText(In(OwnFiles.ListName)));
    }

    [Theory]
    [InlineData("thesis.txt")]
    [InlineData("a.tmp")]
    [InlineData("log.csv")]
    [InlineData("training.lock")]
    [InlineData(OwnFiles.ListName)]
    [InlineData(Weights)]
    [InlineData(Checkpoint)]
    [InlineData("samples-000500.png")]
    public void A_folder_of_others_is_refused_before_anything_is_done(string name)
    {
        Put(name);
        Assert.Contains(name, Assert.Throws<InvalidDataException>(Claim).Message);
        Assert.Equal([name], Names());
        Assert.Equal("precious", File.ReadAllText(In(name)));
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        using var elsewhere = new TemporaryFolder();
        var target = Path.Combine(elsewhere.Location, "a");
        File.WriteAllText(target, "");
        foreach (var name in new[] { "training.lock", OwnFiles.ListName, "log.csv" })
        {
            File.CreateSymbolicLink(In(name), target);
            Assert.Throws<InvalidDataException>(Claim);
            File.Delete(In(name));
        }
        Assert.Equal("", File.ReadAllText(target));
    }

    [Fact]
    public void Beside_a_training_only_what_is_in_its_way_is_refused()
    {
        using (var claim = Claim())
            claim.Files.Write("log.csv", path => File.WriteAllText(path, TrainingLog.Header));
        Put("notes.txt");
        Claim().Dispose();
        Put(Checkpoint);
        Assert.Contains(Checkpoint, Assert.Throws<InvalidDataException>(Claim).Message);
        File.Delete(In(Checkpoint));
        Claim().Dispose();
        Assert.Equal("precious", File.ReadAllText(In("notes.txt")));
    }

    /// <summary>Earlier versions kept no list: their files are known by what is in them.</summary>
    [Fact]
    public void A_training_of_an_earlier_version_goes_on()
    {
        Put("training.lock", "");
        Put("log.csv", $"{TrainingLog.Header}\n10,0,1,1,1\n");
        Sound(In(Checkpoint));
        using (var claim = Claim())
            Assert.All(["log.csv", Checkpoint], n => Assert.True(claim.Files.Contains(n)));

        File.Delete(In(OwnFiles.ListName));
        Put("log.csv");
        Assert.Contains("log.csv", Assert.Throws<InvalidDataException>(Claim).Message);
    }

    [Fact]
    public void Two_trainings_in_one_folder_are_one_too_many()
    {
        using var first = Claim();
        Assert.Contains("Another training", Assert.Throws<IOException>(Claim).Message);
    }
}
