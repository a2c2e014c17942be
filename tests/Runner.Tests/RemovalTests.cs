using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Diffusion.Runner.Commands;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Several runners tidy up in one clone at the same time.</summary>
public sealed class RemovalTests
{
    [Fact]
    public async Task SeveralMayRemoveOneFolder()
    {
        using var folder = new TestFolder();
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 200; i++)
                folder.Write($"much/{i % 7}/{i}", "x");
            await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(_ => Task.Run(() => Removal.Of(Path.Combine(folder.Path, "much"))))
            );
            Assert.False(Directory.Exists(Path.Combine(folder.Path, "much")));
        }
    }

    [Fact]
    public void WhatIsNotThereNeedsNoRemoval() => Removal.Of("/no/such/folder");
}
