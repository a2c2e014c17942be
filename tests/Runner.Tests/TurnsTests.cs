using System.Collections.Generic;
using Diffusion.Runner.Commands;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Who speaks when several notebooks run at once.</summary>
public sealed class TurnsTests
{
    private readonly List<string> said = [];
    private readonly Turns turns = new(3);

    private void Say(int notebook, string text) => turns.Say(notebook, () => said.Add(text));

    [Fact]
    public void TheFirstSpeaksAtOnceAndTheOthersWait()
    {
        Say(1, "b1");
        Say(0, "a1");
        Say(2, "c1");
        Say(0, "a2");

        Assert.Equal(["a1", "a2"], said);
    }

    [Fact]
    public void WhenItEndsTheNextSaysAllThatItKept()
    {
        Say(1, "b1");
        Say(2, "c1");
        Say(1, "b2");
        turns.End(0);
        Say(1, "b3");

        Assert.Equal(["b1", "b2", "b3"], said);
    }

    [Fact]
    public void OnesThatEndedEarlyAreToldOfInTheirPlace()
    {
        Say(2, "c1");
        turns.End(2);
        Say(1, "b1");
        turns.End(1);
        Say(0, "a1");
        turns.End(0);

        Assert.Equal(["a1", "b1", "c1"], said);
    }
}
