using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using AngleSharp.Html.Parser;
using SlowTests;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Notebooks that do too much of everything: the runner holds, and says who it was.</summary>
public sealed class HoldingTests : IDisposable
{
    private readonly TestFolder folder = new();

    public HoldingTests() => folder.Write("Diffusion.slnx", "<Solution />");

    public void Dispose() => folder.Dispose();

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        RunnerProcess.RunAsync(folder.Path, ["run", .. arguments]);

    /// <summary>A good notebook behind the one in question must run.</summary>
    private async Task<string> FailsAloneAsync(string notebook, params string[] options)
    {
        var good = folder.Notebook("good.dib", "40 + 2");
        var (code, output) = await RunAsync([notebook, good, .. options]);
        Assert.Equal(1, code);
        Assert.Matches(@"\n +good .* passed", output);
        return output;
    }

    [Fact]
    public async Task AGigabyteOfTextIsCutAndHarmsNobody()
    {
        var loud = folder.Notebook(
            "loud.dib",
            "var line = new string('x', 99_999);\nfor (var i = 0; i < 10_000; i++) Console.WriteLine(line);",
            "40 + 2"
        );
        var (code, output) = await RunAsync(loud, "--output", "pages");
        Assert.True(code == 0, output);
        Assert.InRange(new FileInfo(folder["pages/loud.html"]).Length, 1, 5_000_000);
        Assert.Contains("42", File.ReadAllText(folder["pages/loud.html"]));
    }

    [Fact]
    public async Task AGigabyteBesideTheConsoleHarmsNobody()
    {
        // No line of it ever ends.
        var loud = folder.Notebook(
            "loud.dib",
            "var block = new byte[1 << 20];\nforeach (var stream in new[] { Console.OpenStandardOutput(), Console.OpenStandardError() })\n    for (var i = 0; i < 512; i++) stream.Write(block);",
            "40 + 2"
        );
        var (code, output) = await RunAsync(loud);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task ThreadsThatWaitForEachOtherAreEnded()
    {
        var stuck = folder.Notebook(
            "stuck.dib",
            "var gate = new object();\nlock (gate) System.Threading.Tasks.Task.Run(() => { lock (gate) { } }).Wait();"
        );
        Assert.Contains(
            "Time-out in stuck.dib, cell 1",
            await FailsAloneAsync(stuck, "--timeout", "2")
        );
    }

    [Fact]
    public async Task ACrashInNativeCodeIsNamed()
    {
        var crashes = folder.Notebook(
            "crashes.dib",
            "1",
            "System.Runtime.InteropServices.Marshal.WriteInt32(new IntPtr(0x10000000), 1);"
        );
        Assert.Contains("Crash in crashes.dib, cell 2", await FailsAloneAsync(crashes));
    }

    [Fact]
    public async Task AFileThatLoadsItselfIsRefusedOrEnds()
    {
        folder.Write("again.csx", "#load \"again.csx\"\npublic static class Again { }\n");
        folder.Write("one.csx", "#load \"two.csx\"\n");
        folder.Write("two.csx", "#load \"one.csx\"\n");
        var itself = folder.Notebook("itself.dib", "#load \"again.csx\"");
        var circle = folder.Notebook("circle.dib", "#load \"one.csx\"");
        var good = folder.Notebook("good.dib", "40 + 2");
        var (_, output) = await RunAsync(itself, circle, good);
        Assert.Matches(@"\n +good .* passed", output);
        Assert.DoesNotContain("Crash", output);
        Assert.DoesNotContain("Time-out", output);
    }

    [Fact]
    [Slow("A hundred cells are compiled, and one of ten megabytes is.")]
    public Task ManyCellsAndOneOfTenMegabytesAreRead() => ManyCellsAreRead(100);

    [LongFact]
    public Task AThousandCellsAreRead() => ManyCellsAreRead(1_000);

    private async Task ManyCellsAreRead(int count)
    {
        var many = folder.Notebook(
            "many.dib",
            [.. Enumerable.Range(0, count).Select(i => $"var v{i} = {i};")]
        );
        var large = folder.Notebook(
            "large.dib",
            $"var text = \"{new string('x', 10 << 20)}\";",
            "text.Length"
        );
        var (code, output) = await RunAsync(many, large, "--output", "pages");
        Assert.True(code == 0, output[..Math.Min(output.Length, 4_000)]);
        Assert.Contains($"{10 << 20}", File.ReadAllText(folder["pages/large.ipynb"]));
    }

    [Fact]
    public async Task TasksThatFailUnobservedDoNoHarm()
    {
        var careless = folder.Notebook(
            "careless.dib",
            "for (var i = 0; i < 100; i++) System.Threading.Tasks.Task.Run(() => throw new Exception(\"nobody looks\"));\nSystem.Threading.Thread.Sleep(200);\nGC.Collect();\nGC.WaitForPendingFinalizers();",
            "40 + 2"
        );
        var (code, output) = await RunAsync(careless);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task WhatACellChangesOfItsProcessStaysThere()
    {
        var rude = folder.Notebook(
            "rude.dib",
            "using System.IO;\nDirectory.SetCurrentDirectory(\"/\");\nConsole.SetOut(TextWriter.Null);\nConsole.Out.Close();\nSystem.Globalization.CultureInfo.CurrentCulture = new System.Globalization.CultureInfo(\"tr-TR\");\nSystem.Globalization.CultureInfo.DefaultThreadCurrentCulture = new System.Globalization.CultureInfo(\"tr-TR\");\nEnvironment.SetEnvironmentVariable(\"PATH\", \"\");",
            "1.5"
        );
        var good = folder.Notebook("good.dib", "Console.WriteLine(1.5); \"i\".ToUpper()");
        var (code, output) = await RunAsync(rude, good, "--output", "pages");
        Assert.True(code == 0, output);
        var page = File.ReadAllText(folder["pages/good.html"]);
        Assert.Contains("1.5", page);
        Assert.Contains(">I<", page);
    }

    /// <summary>Text is text on the page, whatever stands in it.</summary>
    [Fact]
    public async Task TextOfACellIsNeverHtml()
    {
        string[] hostile =
        [
            "<script>alert(1)</script>",
            "</script><img src=x onerror=alert(2)>",
            "</pre></code></section><iframe src='javascript:alert(3)'></iframe>",
            "<!-- ]]> <svg onload=alert(4)>",
        ];
        var cells = hostile
            .SelectMany(text =>
                new[]
                {
                    $"Console.WriteLine(@\"{text}\");",
                    $"Console.Error.WriteLine(@\"{text}\");",
                    $"@\"{text}\"",
                    $"display(@\"{text}\");",
                    $"// {text}",
                }
            )
            .ToArray();
        var path = folder.Notebook("hostile.dib", cells);
        var (code, output) = await RunAsync(path, "--output", "pages");
        Assert.True(code == 0, output);
        var page = new HtmlParser().ParseDocument(File.ReadAllText(folder["pages/hostile.html"]));
        Assert.Empty(page.QuerySelectorAll("main script, main img, main iframe, main svg"));
        Assert.DoesNotContain(
            page.All,
            e => e.Attributes.Any(a => a.Name.StartsWith("on", StringComparison.Ordinal))
        );
        foreach (var text in hostile)
            Assert.Contains(text, page.QuerySelector("main")!.TextContent);
    }
}
