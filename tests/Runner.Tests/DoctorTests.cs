using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Diffusion.Runner.Doctor;
using Xunit;

namespace Diffusion.Tests.Runner;

public sealed class DoctorTests : IDisposable
{
    private readonly TestFolder folder = new();

    public DoctorTests()
    {
        Original("data/fashion-mnist", "images.gz", "images");
        Original("data/weights", "model.safetensors", "weights");
    }

    public void Dispose() => folder.Dispose();

    private void Original(string where, string name, string content)
    {
        folder.Write($"{where}/{name}", content);
        var sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(content)));
        folder.Write($"{where}/SHA256SUMS", $"{sum}  {name}\n");
    }

    private Finding[] Troubles() =>
        RepositoryFiles.Examine(folder.Path).Where(f => f.Verdict != Verdict.Good).ToArray();

    [Fact]
    public void WholeFilesAreGood()
    {
        Assert.Empty(Troubles());
        Assert.Equal(2, RepositoryFiles.Examine(folder.Path).Count());
    }

    [Theory]
    [InlineData("data/fashion-mnist/images.gz", "imagez")]
    [InlineData("data/weights/model.safetensors", "weight")]
    [InlineData("data/weights/model.safetensors", "")]
    public void DamagedFilesAreTrouble(string file, string content)
    {
        folder.Write(file, content);

        Assert.Contains($"{file} is not the original", Assert.Single(Troubles()).Text);
    }

    [Theory]
    [InlineData("data/fashion-mnist/images.gz")]
    [InlineData("data/fashion-mnist/SHA256SUMS")]
    [InlineData("data/weights/model.safetensors")]
    [InlineData("data/weights/SHA256SUMS")]
    public void AMissingFileIsTrouble(string file)
    {
        File.Delete(folder[file]);

        var trouble = Assert.Single(Troubles());
        Assert.Equal(Verdict.Trouble, trouble.Verdict);
        Assert.Contains("git checkout", trouble.Text);
    }

    /// <summary>A list of checksums that lost lines would otherwise call everything good.</summary>
    [Fact]
    public void AFileThatNoChecksumIsKnownOfIsTrouble()
    {
        folder.Write("data/weights/SHA256SUMS", "");

        Assert.Contains("does not list model.safetensors", Assert.Single(Troubles()).Text);
    }

    [Fact]
    public void TheRepositorysOwnFilesAreTheOriginals()
    {
        var findings = RepositoryFiles.Examine(RepositoryRoot.Path).ToArray();
        Assert.True(findings.Length >= 9);
        Assert.All(findings, f => Assert.Equal(Verdict.Good, f.Verdict));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{ "sdk": { "version": "newest" } }""")]
    [InlineData("""{ "sdk": { "version": 10 } }""")]
    public void AGlobalJsonThatSaysNothingIsTrouble(string? content)
    {
        if (content is not null)
            folder.Write("global.json", content);
        var finding = DotnetTools.Examine(folder.Path).First();
        Assert.Equal(Verdict.Trouble, finding.Verdict);
        Assert.Contains("git checkout -- global.json", finding.Text);
    }

    [Theory]
    [InlineData("10.0.100", Verdict.Good)]
    [InlineData("10.0.999", Verdict.Trouble)]
    [InlineData("42.0.100", Verdict.Trouble)]
    public void TheSdkMustBeOfTheLineThatTheRepositoryAsksFor(string wanted, Verdict verdict)
    {
        folder.Write("global.json", $$"""{ "sdk": { "version": "{{wanted}}" } }""");

        Assert.Equal(verdict, DotnetTools.Examine(folder.Path).First().Verdict);
    }

    [Theory]
    [InlineData("linux-x64", Verdict.Good)]
    [InlineData("debian.13-x64", Verdict.Good)]
    [InlineData("linux-arm64", Verdict.Good)]
    [InlineData("linux-musl-x64", Verdict.Trouble)]
    [InlineData("alpine.3.22-x64", Verdict.Trouble)]
    public void SystemsWithoutGlibcAreTrouble(string rid, Verdict verdict)
    {
        var finding = Machine.System(rid);
        Assert.Equal(verdict, finding.Verdict);
        Assert.Equal(verdict == Verdict.Trouble, finding.Text.Contains("use Debian"));
    }

    /// <summary>The combinations for which the packages bring native libraries, and those for which they don't.</summary>
    [Theory]
    [InlineData(Architecture.X64, "linux", null)]
    [InlineData(Architecture.X64, "windows", null)]
    [InlineData(Architecture.Arm64, "macOS", null)]
    [InlineData(Architecture.Arm64, "linux", "run only on x64")]
    [InlineData(Architecture.Arm64, "windows", "install the x64 .NET SDK")]
    [InlineData(Architecture.X64, "macOS", "Linux in a virtual machine")]
    [InlineData(Architecture.S390x, "linux", "use x64")]
    public void ProcessorsWithoutALibraryAreTrouble(
        Architecture processor,
        string system,
        string? cure
    )
    {
        var finding = Machine.MissingLibrary(
            processor,
            system == "linux",
            system == "windows",
            system == "macOS"
        );
        Assert.Equal(cure is null, finding is null);
        Assert.Contains(cure ?? "", finding?.Text ?? "");
    }

    [Fact]
    public void HiddenCachesAreARemarkWithACure()
    {
        Assert.Empty(Machine.Caches(hidden: false));
        var finding = Assert.Single(Machine.Caches(hidden: true));
        Assert.Equal(Verdict.Remark, finding.Verdict);
        Assert.Contains("-cpu host", finding.Text);
    }

    [Fact]
    public async Task TheCommandSaysWhatIsWrongAndFails()
    {
        folder.Write("Diffusion.slnx", "<Solution />");
        folder.Write("global.json", """{ "sdk": { "version": "10.0.100" } }""");
        var (code, output) = await RunnerProcess.RunAsync(folder.Path, "doctor");
        Assert.True(code == 0, output);
        Assert.Matches("ok +libtorch [0-9.]+ loads", output);

        folder.Write("data/fashion-mnist/images.gz", "");
        (code, output) = await RunnerProcess.RunAsync(folder.Path, "doctor");

        Assert.Equal(1, code);
        Assert.Matches("TROUBLE .*images.gz is not the original", output);
    }
}
