using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What comes out of a pipe that cells can write into.</summary>
public sealed class WorkerEventTests
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"Started\":\"1\"}")]
    [InlineData("{\"Failure\":{}}")]
    [InlineData("{\"Looking\":{}}")]
    [InlineData("{\"Finished\":{\"Number\":2}}")]
    [InlineData("{\"Finished\":{\"Number\":2,\"Source\":\"\",\"Outputs\":[null]}}")]
    [InlineData("{\"Finished\":{\"Number\":2,\"Source\":\"\",\"Outputs\":[{\"Data\":null}]}}")]
    [InlineData(
        "{\"Finished\":{\"Number\":2,\"Source\":\"\",\"Outputs\":[{\"Data\":{\"text/plain\":null}}]}}"
    )]
    public void WhatIsNoEventIsRefused(string line) =>
        Assert.Contains(
            "the runner's own pipe",
            Assert.Throws<InvalidDataException>(() => WorkerEvent.FromJson(line)).Message
        );

    [Fact]
    public async Task EventsComeInOrderAndTheLastLinesBeginningIsNone()
    {
        WorkerEvent[] events =
        [
            new() { Looking = new Place("a.dib", 1, 3) },
            new() { Started = 1, Of = 2 },
            new()
            {
                Finished = new ExecutedCell(
                    1,
                    CellKind.Markdown,
                    "ü\n<b>\u001b",
                    3,
                    TimeSpan.Zero,
                    [
                        new CellOutput(
                            OutputKind.Display,
                            new System.Collections.Generic.Dictionary<string, string>
                            {
                                ["text/html"] = new string('x', 200_000),
                            }
                        ),
                    ]
                ),
            },
            new() { Failure = new CellFailure("Refused", "a.dib", 0, 0, "", "") },
            new() { Done = true },
        ];
        var text = string.Concat(events.Select(e => e.ToJson() + "\n")) + "{\"Done\":";

        var read = await EventReader
            .ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None)
            .ToArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(events.Select(e => e.ToJson()), read.Select(e => e.ToJson()));
    }

    [Fact]
    public async Task MoreThanAProcessMayTellIsRefused()
    {
        var e = await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await EventReader
                .ReadAsync(new Endless(), CancellationToken.None)
                .ToArrayAsync(TestContext.Current.CancellationToken)
        );

        Assert.Contains("one cell more than 96 MB", e.Message);
    }

    /// <summary>One line that never ends.</summary>
    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancel = default
        )
        {
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
