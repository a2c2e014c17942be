using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Doctor;
using Diffusion.Runner.Inputs;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>
/// Pipes, devices and links to them where the program looks for files of its own or of the repository: none is waited
/// for, read without an end, or deleted.
/// </summary>
public sealed class SpecialFileTests : IDisposable
{
    private readonly TestFolder folder = new();

    public SpecialFileTests()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("It has no pipes that look like files.");
    }

    public void Dispose() => folder.Dispose();

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        RunnerHere.RunAsync(Clone, arguments);

    private string Clone => Path.Combine(folder.Path, "clone");

    private void MakeClone()
    {
        folder.Write("clone/Diffusion.slnx", "<Solution />");
        folder.Write(
            "clone/notebooks/00-first.dib",
            "#!markdown\n\n# First\n\n![a](images/a.png)\n\n#!csharp\n\nSystem.IO.File.WriteAllText(\"../ran\", \"\");\n1\n"
        );
    }

    /// <summary>What stands for an endless file: a link to one, or a pipe.</summary>
    private string Endless(string name, bool link)
    {
        var path = folder[name];
        File.Delete(path);
        if (link)
            File.CreateSymbolicLink(path, "/dev/zero");
        else
            using (var made = Process.Start("mkfifo", [path]))
                made.WaitForExit();
        return path;
    }

    public static TheoryData<string, bool> Places =>
        new(
            from name in new[] { "manifest.json", "next.json", "holder.json" }
            from link in new[] { false, true }
            select (name, link)
        );

    [Theory]
    [MemberData(nameof(Places))]
    public async Task InTheProgramsOwnFolderTheyAreNoneOfItsFiles(string name, bool link)
    {
        MakeClone();
        folder.Write("clone/book/index.html", "mine");
        var path = Endless($"clone/book/.diffusion/{name}", link);

        foreach (var command in new[] { "clean", "" })
        {
            var (code, output) = await RunAsync(command == "" ? [] : [command]);
            Assert.Equal(2, code);
            Assert.Contains("clone/book", output);
        }
        Assert.True(File.Exists(path));
        Assert.False(File.Exists(folder["clone/ran"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AmongTheInputsTheyHaveNoChecksum(bool link)
    {
        foreach (var name in new[] { "data/x", "lib/x", "notebooks/x", "environment/x" })
            Endless(name, link);
        var notebook = folder.Notebook("notebooks/a.dib", "#load \"x.csx\"\n1");
        Endless("notebooks/x.csx", link);

        string Key() => new ChapterInputs(folder.Path, null).KeyOf(notebook);
        Assert.Equal(Key(), Key());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheDoctorCallsThemMissing(bool link)
    {
        Endless("data/fashion-mnist/SHA256SUMS", link);
        folder.Write("data/weights/SHA256SUMS", "00  a.safetensors\n");
        Endless("data/weights/a.safetensors", link);

        Assert.Equal(
            2,
            RepositoryFiles.Examine(folder.Path).Count(f => f.Text.Contains("is missing"))
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsRememberedIsNotReadFromThem(bool link)
    {
        var path = Endless($"cache/a.{new string('0', 24)}.kept", link);
        Assert.Null(KeptFiles.Read(path));
        // A link to something short is none of its files either.
        var beside = folder.Write("beside.txt", "mine");
        var other = folder[$"cache/b.{new string('0', 24)}.kept"];
        File.CreateSymbolicLink(other, beside);
        Assert.Null(KeptFiles.Read(other));

        KeptFiles.Forget(folder["cache"], TestContext.Current.CancellationToken);

        Assert.True(File.Exists(path) && File.Exists(other) && File.Exists(beside));
    }

    [Fact]
    public void AFolderOfMemoriesThatIsALinkStaysOne()
    {
        Directory.CreateDirectory(folder["elsewhere/x"][..^2]);
        Directory.CreateSymbolicLink(folder["cache"], folder["elsewhere"]);

        KeptFiles.Forget(folder["cache"], TestContext.Current.CancellationToken);

        Assert.NotNull(new DirectoryInfo(folder["cache"]).LinkTarget);
        Assert.True(Directory.Exists(folder["elsewhere"]));
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("/dev/zero")]
    [InlineData("../../../secret.png")]
    public async Task AsPicturesTheyAreRefusedBeforeAnythingRuns(string kind)
    {
        MakeClone();
        folder.Write("secret.png", "nobody else's business");
        var picture = Endless("clone/notebooks/images/a.png", link: false);
        if (kind != "pipe")
        {
            File.Delete(picture);
            File.CreateSymbolicLink(picture, kind);
        }

        foreach (var arguments in new string[][] { [], ["run", "00", "--output", "site"] })
        {
            var (code, output) = await RunAsync(arguments);
            Assert.Equal(2, code);
            Assert.Contains($"'{picture}' is a link, a pipe or a device", output);
        }
        Assert.False(File.Exists(folder["clone/ran"]));
        Assert.False(Directory.Exists(folder["clone/site"]));
    }

    [Fact]
    public async Task AFolderOfPicturesThatIsALinkIsNotTakenAlong()
    {
        MakeClone();
        folder.Write("private/holiday.png", "nobody else's business");
        Directory.CreateSymbolicLink(folder["clone/notebooks/images"], folder["private"]);

        var (code, output) = await RunAsync("run", "00", "--output", "site");

        Assert.Equal(2, code);
        Assert.Contains("clone/notebooks/images' is a link", output);
    }
}
