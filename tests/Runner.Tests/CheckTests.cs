using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SlowTests;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary><c>check</c> with notebooks that no compiler stands, and with signals.</summary>
public sealed class CheckTests : IDisposable
{
    // Each level doubles what the compiler has to try: this one ends after years.
    private static readonly string Endless =
        "void M(Func<int, int> f) { }\nvoid M(Func<string, string> f) { }\n"
        + "class Two { public static T M<T>(Func<int, T> f) => default; public static T M<T>(Func<string, T> f) => default; }\n"
        + $"var x = {string.Concat(Enumerable.Range(0, 40).Select(i => $"Two.M(a{i} => "))}1{new string(')', 40)};";

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Slow("A checker is started anew for each notebook that kills it, and has to be killed first.")]
    public async Task WhatKillsTheCompilerIsNamedAndTheOthersGoOn()
    {
        static string Deep(int levels) => $"int{Repeat("[]", levels)} a = null;";
        var deep = Deep(35_000);
        var bad = folder.Notebook("bad.dib", "1", $"// deep\n{deep}");
        folder.Write("deep.csx", $"class A {{ {Deep(15_000)} }}");
        var loads = folder.Notebook("loads.dib", "1", "#load \"deep.csx\"");
        var good = folder.Notebook("good.dib", "40 + 2");

        var (code, output) = await RunnerProcess.RunAsync(folder.Path, "check", bad, loads, good);

        Assert.Equal(1, code);
        Assert.Contains("good.dib  compiles", output);
        Assert.Contains(
            "Crash in bad.dib, cell 2, line 7:\n    // deep\nThis is nested too deeply",
            output
        );
        // A loaded file is compiled by itself and with more room: it may get through.
        Assert.Matches(
            @"\n(loads\.dib  compiles|Crash in loads\.dib, cell 2, by deep\.csx, line 1:)",
            output
        );
        Assert.DoesNotContain("   at ", output);
    }

    /// <summary>Each of them may cost ten seconds: as long as the runtime takes to write down a stack of that height.</summary>
    [LongTheory]
    [InlineData("", "await ", "1;")]
    [InlineData("var a = 1", " switch { _ => 1 }", ";")]
    public async Task WhatIsDeepOtherwiseIsNamed(string begin, string nested, string end)
    {
        var bad = folder.Notebook("bad.dib", "1", $"// deep\n{begin}{Repeat(nested, 20_000)}{end}");
        var good = folder.Notebook("good.dib", "40 + 2");

        var (code, output) = await RunnerProcess.RunAsync(folder.Path, "check", bad, good);

        Assert.Equal(1, code);
        Assert.Contains("good.dib  compiles", output);
        Assert.Matches(@"\n(Crash|Compile error) in bad\.dib, cell 2, line [78]:\n", output);
        Assert.DoesNotContain("   at ", output);
    }

    private static string Repeat(string text, int count) =>
        string.Concat(Enumerable.Repeat(text, count));

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    public async Task ASignalEndsACompilationThatDoesNot(string signal, int code)
    {
        var good = folder.Notebook("good.dib", "1");
        var endless = folder.Notebook("endless.dib", Endless);
        using var runner = new RunnerProcess(folder.Path, "check", good, endless);
        await runner.SaysAsync("good.dib  compiles");
        var checker = Descendants.Of(runner.Id);
        Assert.NotEmpty(checker);

        runner.Send(signal);

        Assert.Equal(code, await runner.ExitCodeAsync());
        Assert.Contains("Cancelled", runner.Output);
        await Descendants.AllEndAsync(checker);
    }
}
