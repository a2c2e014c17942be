using System;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

public sealed class CheckTests
{
    [Fact]
    public void What_holds_passes_and_says_how_near_it_was()
    {
        Assert.StartsWith("✓ so it is", Check.Close(1, 1.05, 0.1, "so it is").ToString());
        Assert.Contains("0.05", Check.Close(1, 1.05, 0.1, "so it is").ToString());
        Check.Close(ones(2, 3), ones(2, 3) + 1e-7, 1e-6, "tensors");
        Check.Close(double.PositiveInfinity, double.PositiveInfinity, 0, "infinity");
        Check.Equal("a", "a", "texts");
        Check.That(true, "truth");
        Check.Throws<ArgumentException>(() => throw new ArgumentException("x"), "refusal");
    }

    [Fact]
    public void What_does_not_hold_fails_with_both_values()
    {
        void Fails(Action check, params string[] said)
        {
            var message = Assert.Throws<CheckFailedException>(check).Message;
            Assert.All(said, s => Assert.Contains(s, message));
        }
        Fails(() => Check.Close(1, 2, 0.5, "claim"), "claim", "1", "2", "0.5");
        Fails(() => Check.Close(double.NaN, 1, 10, "claim"));
        Fails(() => Check.Close(1, double.NaN, 10, "claim"));
        var values = zeros(2, 3);
        values[1, 2] = 7;
        Fails(() => Check.Close(values, zeros(2, 3), 1, "claim"), "[1, 2]", "7");
        Fails(() => Check.Close(full(2, double.NaN), zeros(2), 1, "claim"));
        Fails(() => Check.Close(zeros(2), zeros(3), 1, "claim"), "[2]", "[3]");
        Fails(() => Check.Close(zeros(0), zeros(0), 1, "claim"), "nothing to compare");
        Fails(() => Check.Equal(1, 2, "claim"), "1", "2");
        Fails(() => Check.That(false, "claim"), "claim");
        Fails(() => Check.Throws<ArgumentException>(() => { }, "claim"), "nothing was thrown");
        Fails(
            () => Check.Throws<ArgumentException>(() => throw new Exception("other"), "claim"),
            "other"
        );
    }

    [Fact]
    public void An_exercise_says_not_yet_instead_of_failing()
    {
        Assert.StartsWith("not yet:", Check.Exercise(() => Check.That(false, "done")));
        Assert.StartsWith("not yet:", Check.Exercise(() => throw new NullReferenceException()));
        Assert.StartsWith("✓", Check.Exercise(() => Check.That(true, "done")));
    }

    [Fact]
    public void A_check_that_held_shows_itself_as_text_and_not_as_markup()
    {
        var html = Check.Equal("<b>", "<b>", "a & b").ToHtml();
        Assert.Equal("<div class=\"diffusion-check\">✓ a &amp; b (&lt;b&gt;)</div>", html);
    }
}
