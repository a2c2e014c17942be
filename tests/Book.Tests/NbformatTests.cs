using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace Book.Tests;

/// <summary>The executed notebooks before Jupyter's own validator.</summary>
public sealed class NbformatTests
{
    // As strict as it gets: read without repairing, every missing or repeated cell id is an error.
    private const string Validate =
        "import json,sys,warnings,nbformat; warnings.simplefilter('error'); nbformat.validate(json.load(open(sys.argv[1], encoding='utf-8')), version=4, version_minor=5)";

    public static TheoryData<string> Chapters
    {
        get
        {
            var cases = new TheoryData<string>();
            foreach (var page in WrittenBook.Chapters)
                cases.Add(Path.GetFileNameWithoutExtension(page));
            if (cases.Count == 0)
                cases.Add("");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Jupyter_finds_nothing_to_object_to(string name)
    {
        WrittenBook.Require();
        var python = await RequirePythonAsync();
        var file = Path.Combine(WrittenBook.Folder, $"{name}.ipynb");
        var (code, said) = await RunAsync(python, Validate, file);
        Assert.True(code == 0, $"{file}: {said}");
    }

    [Fact]
    public async Task The_validator_finds_what_is_wrong()
    {
        var python = await RequirePythonAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","source":[],"metadata":{},"outputs":[]}]}""",
            TestContext.Current.CancellationToken
        );
        var (code, _) = await RunAsync(python, Validate, file);
        File.Delete(file);
        Assert.NotEqual(0, code);
    }

    /// <summary>The first Python that has the validator: Debian's own may lie behind another one.</summary>
    private static async Task<string> RequirePythonAsync()
    {
        foreach (var python in new[] { "python3", "/usr/bin/python3", "python" })
            try
            {
                var (code, _) = await RunAsync(python, "import nbformat", "");
                if (code == 0)
                    return python;
            }
            catch (Win32Exception)
            {
                // There is none of this name.
            }
        Assert.Skip("Jupyter's validator was not found: install the package 'python3-nbformat'.");
        return "";
    }

    private static async Task<(int Code, string Said)> RunAsync(
        string python,
        string program,
        string argument
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(python, ["-c", program, argument]) { RedirectStandardError = true }
        )!;
        var said = await process.StandardError.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said.Trim());
    }
}
