using System;
using System.IO;
using System.Linq;
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
        folder.Write("data/fashion-mnist/images.gz", "images");
        var sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("images")));
        folder.Write("data/fashion-mnist/SHA256SUMS", $"{sum}  images.gz\n");
        File.WriteAllBytes(folder["data/weights/model.safetensors"], Model());
    }

    public void Dispose() => folder.Dispose();

    /// <summary>One tensor of two floats, as the format's description has it.</summary>
    private static byte[] Model()
    {
        const string header =
            """{"__metadata__":{"seed":"0"},"weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        return
        [
            .. BitConverter.GetBytes((ulong)header.Length),
            .. Encoding.ASCII.GetBytes(header),
            .. new byte[8],
        ];
    }

    private Finding[] Troubles() =>
        RepositoryFiles.Examine(folder.Path).Where(f => f.Verdict != Verdict.Good).ToArray();

    [Fact]
    public void WholeFilesAreGood()
    {
        Assert.Empty(Troubles());
        Assert.Equal(2, RepositoryFiles.Examine(folder.Path).Count());
    }

    [Fact]
    public void DamagedDataIsTrouble()
    {
        folder.Write("data/fashion-mnist/images.gz", "imagez");

        Assert.Contains("images.gz is not the original", Assert.Single(Troubles()).Text);
    }

    [Theory]
    [InlineData("data/fashion-mnist/images.gz")]
    [InlineData("data/fashion-mnist/SHA256SUMS")]
    [InlineData("data/weights/model.safetensors")]
    public void AMissingFileIsTrouble(string file)
    {
        File.Delete(folder[file]);

        var trouble = Assert.Single(Troubles());
        Assert.Equal(Verdict.Trouble, trouble.Verdict);
        Assert.Contains("git checkout", trouble.Text);
    }

    [Fact]
    public void ATruncatedModelIsTrouble()
    {
        var whole = Model();
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["data/weights/model.safetensors"], whole[..length]);
            Assert.Single(Troubles());
        }
        File.WriteAllBytes(folder["data/weights/model.safetensors"], [.. whole, 0]);
        Assert.Contains("bytes and should have", Assert.Single(Troubles()).Text);
    }

    [Fact]
    public void AHeaderThatClaimsTooMuchIsTrouble()
    {
        var model = Model();
        BitConverter.GetBytes(ulong.MaxValue).CopyTo(model, 0);
        File.WriteAllBytes(folder["data/weights/model.safetensors"], model);

        Assert.Contains("is no safetensors file", Assert.Single(Troubles()).Text);
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
