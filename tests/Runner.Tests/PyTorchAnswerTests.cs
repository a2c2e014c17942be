using System.IO;
using Diffusion.Benchmarks.PyTorch;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>The other process of <c>benchmarks -- pytorch</c> is not the only one that writes into its output.</summary>
public sealed class PyTorchAnswerTests
{
    private static (string?[] Answers, string Other) Read(string output, int answers)
    {
        using var other = new StringWriter { NewLine = "\n" };
        var reader = new AnswerReader(new StringReader(output), other);
        var read = new string?[answers];
        for (var i = 0; i < answers; i++)
            read[i] = reader.Next();
        return (read, other.ToString());
    }

    [Fact]
    public void AnswersAreFoundAmongOtherLines()
    {
        var (answers, other) = Read(
            "Error in cpuinfo: failed to parse the list of possible processors\n\nanswer: 2.6.0 with 2 threads and AVX2\n"
                + "\nanswer: 0.25\nanything\n 0.5 answer: 3\n\nanswer: 1.5e-7 2e-8\n",
            3
        );
        string?[] expected = ["2.6.0 with 2 threads and AVX2", "0.25", "1.5e-7 2e-8"];
        Assert.Equal(expected, answers);
        Assert.Equal(
            "Error in cpuinfo: failed to parse the list of possible processors\nanything\n 0.5 answer: 3\n",
            other
        );
    }

    [Fact]
    public void AnEndIsNoAnswer() => Assert.Null(Read("only a message\n", 1).Answers[0]);

    /// <summary>Behind a line of its own, since another's line may lack its end.</summary>
    [Fact]
    public void PythonSaysItsAnswersInTheSameWay()
    {
        var script = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "benchmarks/pytorch.py"));
        Assert.Contains($"print(f\"\\n{AnswerReader.Mark}{{text}}\", flush=True)", script);
        Assert.Single(script.Split("print(")[1..]);
    }
}
