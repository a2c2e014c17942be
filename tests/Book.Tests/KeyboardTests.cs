using System.Collections.Generic;
using System.Threading.Tasks;
using Xunit;

namespace Book.Tests;

/// <summary>A reader without a mouse.</summary>
public sealed class KeyboardTests(Browser browser)
{
    [Fact]
    public async Task The_first_stop_leads_past_the_contents()
    {
        await using var open = await browser.OpenAsync("00-introduction.html");
        await open.Page.Keyboard.PressAsync("Tab");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.Keyboard.PressAsync("Tab");
        Assert.True(
            await open.Page.EvaluateAsync<bool>(
                "() => document.querySelector('main').contains(document.activeElement)"
            )
        );
    }

    /// <summary>VS Code would fold the section, or leave it, while the picture moves.</summary>
    [Fact]
    public async Task Keys_that_move_a_slider_are_nobody_elses()
    {
        await using var open = await browser.OpenAsync("00-introduction.html");
        await open.Page.EvaluateAsync(
            "() => { window.heard = []; document.addEventListener('keydown', e => window.heard.push(e.key)); }"
        );
        var slider = open.Page.Locator(".diffusion-figure input[type=range]").First;
        await slider.FocusAsync();
        var places = new List<string?>();
        foreach (var key in (string[])["Home", "ArrowRight", "ArrowUp", "ArrowLeft", "End"])
        {
            await open.Page.Keyboard.PressAsync(key);
            places.Add(await slider.InputValueAsync());
        }
        await open.Page.Keyboard.PressAsync("Tab");

        Assert.Equal(["0", "1", "2", "1", await slider.GetAttributeAsync("max")], places);
        Assert.Equal(["Tab"], await open.Page.EvaluateAsync<string[]>("() => window.heard"));
    }
}
