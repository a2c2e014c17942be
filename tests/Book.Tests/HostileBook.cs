using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Diffusion.Tests;
using Xunit;

namespace Book.Tests;

/// <summary>The pages of a notebook that means harm, written by the real runner.</summary>
public sealed class HostileBook : IAsyncLifetime
{
    /// <summary>The notebook's name, which is its title too: it has none in its text.</summary>
    public const string Name =
        "00-\"onmouseover=\"ran=1\" <img src=x onerror=ran=1> a#b?c%20d&amp;";

    private const string Notebook = """"
        #!markdown

        ## <img src=x onerror="ran = 1"> heading

        <script>ran = 1</script>
        <img src="x" onerror="ran = 1">
        <meta http-equiv="refresh" content="0;url=https://example.org/">
        [link](javascript:ran=1) words {onclick=ran=1}

        <!-- open

        #!csharp

        public class TypeFormatterSourceAttribute : Attribute
        {
            public TypeFormatterSourceAttribute(Type type) => FormatterSourceType = type;
            public Type FormatterSourceType { get; }
        }
        public class Source
        {
            public object[] CreateTypeFormatters() => new object[] { new Formatter() };
        }
        public class Formatter
        {
            public string MimeType => "text/html";
            public bool Format(object o, System.IO.TextWriter page)
            {
                page.Write("<p id='shown' onclick='clicked = 1'>shown</p><script>shown = 1</script><!-- open");
                return true;
            }
        }
        [TypeFormatterSource(typeof(Source))] public class Shown;

        #!csharp

        new Shown()

        #!markdown

        ## Later

        A wombat.

        """";

    private string folder = "";

    public string Chapter => Page($"{Name}.html");

    public string Page(string name) => Path.Combine(folder, "book", name);

    /// <summary>As the browser's address bar has it.</summary>
    public string Address(string name) =>
        $"{new Uri(Page("")).AbsoluteUri}/{Uri.EscapeDataString(name)}";

    public async ValueTask InitializeAsync()
    {
        folder = Directory.CreateTempSubdirectory("hostile book ").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Diffusion.slnx"), "<Solution />\n");
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Name}.dib"), Notebook);
        var start = new ProcessStartInfo(
            "dotnet",
            [Runner, "run", $"{Name}.dib", "--output", "book"]
        )
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        using var runner = Process.Start(start)!;
        var said = await runner.StandardOutput.ReadToEndAsync();
        await runner.WaitForExitAsync();
        Assert.True(runner.ExitCode == 0, said);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Built beside these tests, in the same configuration.</summary>
    private static string Runner =>
        Path.Combine(
            Repository.Root,
            "environment/Runner/bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
            "net10.0/Diffusion.Runner.dll"
        );
}
