using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Diffusion.Runner.Commands;
using Diffusion.Runner.Execution;
using Diffusion.Runner.Linting;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>What a check found good is not looked at again, until something that it read has changed.</summary>
public sealed class KeptChecksTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly string notebook;

    public KeptChecksTests()
    {
        folder.Write("Diffusion.slnx", "");
        folder.Write("lib/all.csx", "#load \"one.csx\"");
        folder.Write("lib/one.csx", "int one = 1;");
        folder.Write("notebooks/more.dib", "#!csharp\n\nvar more = 2;\n");
        notebook = folder.Write(
            "notebooks/a.dib",
            "#!csharp\n\n#load \"../lib/all.csx\"\n\n#!csharp\n\n#!import \"more.dib\"\n\n#!csharp\n\none + more\n\n#!markdown\n\nOf $x^2$.\n"
        );
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatHasNotChangedIsNotLookedAtAgain()
    {
        Assert.NotEmpty(Check().Looked);
        AssertNotLookedAt();
    }

    [Theory]
    [InlineData("notebooks/a.dib", "#!csharp\n\nmissing\n", "missing")]
    [InlineData("notebooks/a.dib", "#!markdown\n\n$\\frac{1$\n", "KaTeX")]
    [InlineData("notebooks/more.dib", "#!csharp\n\nvar less = 2;\n", "more")]
    [InlineData("lib/all.csx", "", "one")]
    [InlineData("lib/one.csx", "int two = 1;", "one")]
    [InlineData("lib/one.csx", null, "one.csx")]
    public void WhatHasChangedIs(string file, string? text, string says)
    {
        Check();
        var before = File.ReadAllText(folder[file]);
        if (text is null)
            File.Delete(folder[file]);
        else
            folder.Write(file, text);

        Assert.Contains(Check().Found, f => f.Message.Contains(says));
        // What is wrong is said each time.
        Assert.Contains(Check().Found, f => f.Message.Contains(says));

        folder.Write(file, before);
        Assert.Empty(Check().Found);
    }

    [Fact]
    public void AnotherPlaceIsAnotherNotebook()
    {
        Check();
        Directory.Move(folder["notebooks"], folder["elsewhere/deeper"]);

        // The same text, and there is nothing to load from there.
        Assert.NotEmpty(Check(folder["elsewhere/deeper/a.dib"]).Found);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsForgottenOrDamagedIsLookedAtAgain(bool damaged)
    {
        Check();
        var kept = Assert.Single(Directory.GetFiles(folder["work/cache/checks"], "a.*.kept"));
        if (damaged)
            File.WriteAllBytes(kept, [.. File.ReadAllBytes(kept).SkipLast(1), 0]);
        else
            RunCache.Forget(folder.Path, CancellationToken.None);

        Assert.NotEmpty(Check().Looked);
        AssertNotLookedAt();
    }

    private void AssertNotLookedAt()
    {
        var (looked, found) = Check();
        Assert.Empty(looked);
        Assert.Empty(found);
    }

    private (Place[] Looked, CellFailure[] Found) Check(string? path = null)
    {
        var (looked, found) = (new List<Place>(), new List<CellFailure>());
        Checker.Run(
            [path ?? notebook],
            e =>
            {
                // Two compilations look at the same time.
                lock (looked)
                {
                    if (e.Looking is not null)
                        looked.Add(e.Looking);
                    if (e.Failure is not null)
                        found.Add(e.Failure);
                }
            }
        );
        return ([.. looked], [.. found]);
    }
}
