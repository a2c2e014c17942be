using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What notebooks load is compiled once for all of them, and nobody can tell.</summary>
public sealed class KeptLibraryTests : IDisposable
{
    private readonly TestFolder folder = new();

    public KeptLibraryTests()
    {
        folder.Write("Diffusion.slnx", "");
        folder.Write("lib/all.csx", "#load \"one.csx\"\n#load \"two.csx\"");
        folder.Write("lib/one.csx", "public static class One { public static int Value => 1; }");
        folder.Write(
            "lib/two.csx",
            """
            using System;
            #nullable enable
            /// <summary>Of every kind of member something.</summary>
            public class Two<T>(T made) where T : notnull
            {
                private readonly int start = One.Value + 1;
                public Two(T made, int start) : this(made) { this.start = start; }
                #nullable disable
                public T Made { get { return made; } }
                #nullable enable
                public string? Said { get; init; }
                public int this[int i] => start + i;
                public static Two<T> operator +(Two<T> a, int b) { return new Two<T>(a.Made, a.start + b); }
                public static implicit operator int(Two<T> two) => two.start;
                public System.Collections.Generic.IEnumerable<int> Count() { for (var i = 0; i < start; i++) yield return i; }
                public async System.Threading.Tasks.Task<int> Later() { await System.Threading.Tasks.Task.Yield(); return start; }
                public event Action Done { add { } remove { } }
                public void Fail() =>
                    throw new InvalidOperationException("broken");
                public record Point(int X) { public int Twice => 2 * X; }
                public enum Kind { A, B = 5 }
            }
            public delegate int Change(int x);
            public interface IShape { double Area { get; } string Name() => "shape"; }
            """
        );
    }

    private string[] Kept =>
        Directory.Exists(folder["work/cache/library"])
            ? Directory.GetFiles(folder["work/cache/library"], "*.kept")
            : [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task EveryNotebookOfAFolderFindsWhatTheFirstOneCompiled()
    {
        Assert.Equal("1", await Value("a.dib", "#load \"../lib/all.csx\"\nOne.Value"));
        var kept = Assert.Single(Kept);
        var written = File.GetLastWriteTimeUtc(kept);

        // Other name, other place in the file, other code behind the lines.
        Assert.Equal(
            "5",
            await Value("b.dib", "\n// hello\n#load \"../lib/all.csx\"\n\nOne.Value + 4")
        );

        Assert.Equal(kept, Assert.Single(Kept));
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
    }

    [Theory]
    [InlineData("new Two<string>(\"made\").Made", "made")]
    [InlineData("new Two<int>(3) { Said = \"said\" }.Said", "said")]
    [InlineData("(new Two<int>(3) + 5)[10]", "17")]
    [InlineData("(int)(new Two<int>(1, 9))", "9")]
    [InlineData("string.Join(\" \", new Two<int>(1, 3).Count())", "0 1 2")]
    [InlineData("await new Two<int>(1, 3).Later()", "3")]
    [InlineData("new Two<int>.Point(4).Twice + (int)Two<int>.Kind.B", "13")]
    [InlineData("Change twice = x => 2 * x;\ntwice(21)", "42")]
    [InlineData(
        "class Square : IShape { public double Area => 4; }\n((IShape)new Square()).Name()",
        "shape"
    )]
    public async Task LaterCellsSeeAllOfIt(string code, string value)
    {
        await InProcess.RunAsync(folder.Notebook("n/a.dib", "#load \"../lib/all.csx\""));
        Assert.Equal(value, await Value("b.dib", "#load \"../lib/all.csx\"", code));
        Assert.Single(Kept);
    }

    [Fact]
    public async Task AFileThatChangesIsCompiledAnew()
    {
        const string Cell = "#load \"../lib/all.csx\"\nOne.Value";
        Assert.Equal("1", await Value("a.dib", Cell));
        folder.Write("lib/one.csx", "public static class One { public static int Value => 2; }");
        Assert.Equal("2", await Value("a.dib", Cell));
        folder.Write("lib/all.csx", "#load \"three.csx\"");
        folder.Write("lib/three.csx", "public static class One { public static int Value => 3; }");
        Assert.Equal("3", await Value("a.dib", Cell));
    }

    [Fact]
    public async Task WhatStandsBeforeItCounts()
    {
        folder.Write(
            "lib/all.csx",
            "public static class One { public static string Kind => typeof(Before).BaseType.Name; }"
        );
        const string Load = "#load \"../lib/all.csx\"\nOne.Kind";
        Assert.Equal("Object", await Value("a.dib", "class Before { }", Load));
        Assert.Equal("Exception", await Value("a.dib", "class Before : Exception { }", Load));
    }

    [Fact]
    public async Task ADamagedCopyIsAsGoodAsNone()
    {
        const string Cell = "#load \"../lib/all.csx\"\nOne.Value";
        await Value("a.dib", Cell);
        var kept = Assert.Single(Kept);
        var bytes = File.ReadAllBytes(kept);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(kept, bytes);
        Assert.Equal("1", await Value("a.dib", Cell));
        File.WriteAllBytes(kept, []);
        Assert.Equal("1", await Value("a.dib", Cell));
    }

    [Fact]
    public async Task AnExceptionInsideIsTracedToItsLine()
    {
        for (var i = 0; i < 2; i++)
        {
            var run = await InProcess.TryAsync(
                folder.Notebook("n/a.dib", "#load \"../lib/all.csx\"", "\nnew Two<int>(1).Fail();")
            );
            Assert.Equal(3 + 4 + 1, run.Failure!.Line);
            Assert.Contains($"{folder["lib/two.csx"]}, line 19: throw new", run.Failure.Message);
        }
        Assert.Single(Kept);
    }

    [Fact]
    public async Task AFileThatDoesNotCompileIsBlamedItself()
    {
        folder.Write(
            "lib/one.csx",
            "public static class One\n{\n    public static int Value => \"\";\n}"
        );
        for (var i = 0; i < 2; i++)
        {
            var run = await InProcess.TryAsync(
                folder.Notebook("n/a.dib", "#load \"../lib/all.csx\"\nOne.Value")
            );
            Assert.Equal((folder["lib/one.csx"], 3), (run.Failure!.File, run.Failure.Line));
        }
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task AMissingFileIsBlamedOnTheCell()
    {
        var run = await InProcess.TryAsync(
            folder.Notebook("n/a.dib", "1", "#load \"../lib/none.csx\"\n1")
        );
        Assert.Contains("CS1504", run.Failure!.Message);
        Assert.Equal((folder["n/a.dib"], 7), (run.Failure.File, run.Failure.Line));
    }

    /// <summary>The engine compiles a cell together with what it loads: here that can be noticed.</summary>
    [Fact]
    public async Task ACellThatDeclaresSomethingIsCompiledWithItsFiles()
    {
        folder.Write(
            "lib/uses.csx",
            "public static class Uses { public static int Value => Mine.Value; }"
        );
        const string Mine = "class Mine { public static int Value => 7; }";
        Assert.Equal("7", await Value("a.dib", $"#load \"../lib/uses.csx\"\n{Mine}\nUses.Value"));
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task AFileThatDoesSomethingIsRunEachTime()
    {
        folder.Write("lib/does.csx", "var made = new { Value = 6 };\nConsole.Write(\"done\");");
        for (var i = 0; i < 2; i++)
        {
            var run = await InProcess.RunAsync(
                folder.Notebook("n/a.dib", "#load \"../lib/does.csx\"", "made.Value")
            );
            Assert.Equal("done", Assert.Single(run.Shown(1)).Text);
            Assert.Equal("6", run.Value);
        }
    }

    [Fact]
    public async Task UsingsDoNotLeakInEitherDirection()
    {
        folder.Write(
            "lib/all.csx",
            "using System.IO;\npublic static class One { public static string Name => Path.GetFileName(\"a/b\"); }"
        );
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("b", await Value("a.dib", "#load \"../lib/all.csx\"", "One.Name"));
            var run = await InProcess.TryAsync(
                folder.Notebook("n/b.dib", "#load \"../lib/all.csx\"", "Path.GetFileName(\"a/b\")")
            );
            Assert.Contains("CS0103", run.Failure!.Message);
        }
    }

    [Fact]
    public async Task AFewAreKept()
    {
        await AFewAreMade(6);
        Assert.Equal(4, Kept.Length);
    }

    private async Task AFewAreMade(int count)
    {
        for (var i = 0; i < count; i++)
        {
            folder.Write(
                $"lib/{i}.csx",
                $"public static class C{i} {{ public static int Value => {i}; }}"
            );
            Assert.Equal($"{i}", await Value("a.dib", $"#load \"../lib/{i}.csx\"\nC{i}.Value"));
        }
    }

    /// <summary>Also where their names look like ours: our checksum is not in them.</summary>
    [Fact]
    public async Task FilesOfOthersStay()
    {
        var others = new[]
        {
            "mine.kept",
            "library.0123456789abcdef01234567.kept",
            "library.0123456789abcdef01234567.kept.tmp",
            ".diffusion/new-0123/thesis.txt",
        }
            .Select(name => folder.Write($"work/cache/library/{name}", "precious"))
            .ToArray();
        await AFewAreMade(6);
        Assert.All(others, other => Assert.Equal("precious", File.ReadAllText(other)));

        var (code, output) = await RunnerHere.RunAsync(folder.Path, "clean");
        Assert.True(code == 0, output);
        Assert.Equal(
            others.Order(),
            Directory.GetFiles(folder["work/cache"], "*", SearchOption.AllDirectories).Order()
        );
    }

    [Fact]
    public async Task CleanForgetsThem()
    {
        await AFewAreMade(1);
        Assert.Single(Kept);
        var (code, output) = await RunnerHere.RunAsync(folder.Path, "clean");
        Assert.True(code == 0, output);
        Assert.False(Path.Exists(folder["work/cache"]));
    }

    [Fact]
    public async Task OutsideOfARepositoryNothingIsKept()
    {
        File.Delete(folder["Diffusion.slnx"]);
        Assert.Equal("1", await Value("a.dib", "#load \"../lib/all.csx\"\nOne.Value"));
        Assert.Empty(Kept);
    }

    private async Task<string> Value(string notebook, params string[] cells) =>
        (await InProcess.RunAsync(folder.Notebook($"n/{notebook}", cells))).Value;
}
