using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Commands;
using Spectre.Console;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>No text of others makes a terminal do anything.</summary>
public sealed class VisibleTextTests
{
    // Escape, bell, a cursor movement, the clipboard, the one-byte forms, right-to-left, a tag.
    private const string Hostile =
        "\e[2J\a\b\r\x7f\e]52;c;aGk=\a\u009b31m\u009d0;t\u009c\u202egnp\u2066\u200e\u2028\U000e0041";

    [Theory]
    [InlineData("plain text,\n\tin lines", "plain text,\n\tin lines")]
    [InlineData("größer, 日本, 👩‍🔬, − ≤ ✓", "größer, 日本, 👩‍🔬, − ≤ ✓")]
    [InlineData("a\e[31mb", "a\\u001b[31mb")]
    [InlineData("\u009b2J", "\\u009b2J")]
    [InlineData("a\rb\0", "a\\u000db\\u0000")]
    [InlineData("\u202etxt.exe", "\\u202etxt.exe")]
    [InlineData("\U000e0041", "\\U000e0041")]
    public void WhatATerminalActsOnIsMadeVisible(string text, string visible) =>
        Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void EverythingThatAConsoleWritesIsVisible()
    {
        var written = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(written),
            }
        );
        console.Profile.Width = 4000;
        console.Pipeline.Attach(new VisibleOutput());

        console.MarkupLineInterpolated($"[bold]{Hostile}[/]");
        console.WriteLine(Hostile);
        console.Write(
            new Spectre.Console.Table()
                .AddColumn(Markup.Escape(Hostile))
                .AddRow(Markup.Escape(Hostile))
        );
        console.Write(new Panel(new Text(Hostile)));

        // What is left are the console's own styles.
        AssertHarmless(
            System.Text.RegularExpressions.Regex.Replace($"{written}", "\e\\[[0-9;]*m", "")
        );
        Assert.Contains(@"\u001b]52;c;aGk=\u0007", $"{written}");
    }

    [Fact]
    public async Task NoCommandHandsItOn()
    {
        using var folder = new TestFolder();
        folder.Write("Diffusion.slnx", "<Solution />");
        var name = "\e]0;t\a\u202e\u009b1m";
        folder.Write(
            $"notebooks/00-{name}.dib",
            $"#!markdown\n\n# A title {Hostile.Replace("\r", "").Replace("\u2028", "")}\n\n#!csharp\n\nConsole.WriteLine(\"\\u001b[2J\"); // \e[31m\u009b2J\n\n#!csharp\n\n// \e[31m\nthrow new Exception(\"\\u001b]52;c;aGk=\\u0007\");\n"
        );
        folder.Notebook("load.dib", "1", "#load \"\e[31m\u202e.csx\"");

        foreach (
            var arguments in new string[][]
            {
                ["list"],
                ["run", "00"],
                ["check", "load.dib", "00"],
                ["run", "\e[31m"],
                [$"--{name}"],
                ["evaluate", name],
            }
        )
        {
            var (_, output) = await RunnerHere.RunAsync(folder.Path, arguments);
            AssertHarmless(output);
            Assert.Contains(@"\u", output);
        }
    }

    private static void AssertHarmless(string output) =>
        Assert.All(
            output,
            c =>
                Assert.False(
                    c
                        is (< ' ' and not '\n')
                            or (>= '\x7f' and <= '\x9f')
                            or '\u202e'
                            or '\u2066'
                            or '\u200e'
                            or '\u2028'
                            or '\udb40',
                    $"{(int)c:x4} in {VisibleText.Of(output)}"
                )
        );
}
