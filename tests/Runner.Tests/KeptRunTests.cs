using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Diffusion.Runner.Commands;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Notebooks;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What is kept of a run comes back as it was shown, whatever a cell shows and wherever it ran.</summary>
public sealed class KeptRunTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("a \"quote\", a \\ and a comma")]
    [InlineData("one\r\ntwo\n\tthree")]
    [InlineData("nothing \0 and \u001b[31m red")]
    [InlineData("\u2028 \ufeff \ud83d\ude00")]
    [InlineData("half \ud83d of a face")]
    [InlineData("</script><!-- NaN -->")]
    public void AnythingThatACellShowsComesBack(string text)
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
        try
        {
            var path = folder.Notebook("notebooks/00-first.dib", "1");
            var shown = AsTold(
                new ExecutedCell(
                    1,
                    CellKind.CSharp,
                    text,
                    3,
                    TimeSpan.MaxValue,
                    [
                        new(OutputKind.Error, new Dictionary<string, string> { [text] = text }),
                        new(OutputKind.Display, new Dictionary<string, string>()),
                    ]
                )
            );
            var run = new ExecutedNotebook(
                "00-first",
                path,
                [shown],
                new RunCosts(TimeSpan.FromTicks(1), TimeSpan.Zero, null, long.MaxValue)
            );
            var cache = new RunCache(folder.Path, threads: null);
            var place = cache.PathOf(path);
            using var read = cache.Watch();
            cache.Keep(run, place, read, [path]);
            Assert.Equal(
                JsonSerializer.Serialize(run),
                JsonSerializer.Serialize(cache.Find(path, place))
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>As the worker tells its parent of it, before anything is kept.</summary>
    private static ExecutedCell AsTold(ExecutedCell cell) =>
        WorkerEvent.FromJson(new WorkerEvent { Finished = cell }.ToJson()).Finished!;
}
