using System.Collections.Generic;
using System.Threading.Tasks;
using Xunit;

namespace Book.Tests;

/// <summary>A reader without a mouse.</summary>
public sealed class KeyboardTests(Browser browser) : IClassFixture<Browser>
{
    private const int TooMany = 3_000;

    public static TheoryData<string> Pages => WrittenBook.PageCases;

    /// <summary>From the top, Tab reaches all that can be clicked, and it can be seen where one is.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Tab_reaches_everything_and_shows_where_it_is(string name)
    {
        await using var open = await browser.OpenAsync(name);
        await open.Page.EvaluateAsync(
            """
            () => {
              window.reachable = new Set([...document.querySelectorAll('a[href], button, input, summary')]
                .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true })));
              window.unseen = [];
              document.addEventListener('focusin', e => {
                window.reachable.delete(e.target);
                const box = e.target.getBoundingClientRect(), style = getComputedStyle(e.target);
                if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2 || box.width < 1 || box.height < 1)
                  window.unseen.push(e.target.outerHTML.slice(0, 120));
              });
            }
            """
        );
        var all = await open.Page.EvaluateAsync<int>("() => window.reachable.size");
        Assert.InRange(all, 5, TooMany);
        // Listings that scroll are stops too.
        var listings = await open.Page.Locator("[tabindex='0']").CountAsync();
        for (var i = 0; i < all + listings + 20; i++)
            await open.Page.Keyboard.PressAsync("Tab");
        Assert.Empty(
            await open.Page.EvaluateAsync<string[]>(
                "() => [...window.reachable].map(e => e.outerHTML.slice(0, 120))"
            )
        );
        Assert.Empty(await open.Page.EvaluateAsync<string[]>("() => window.unseen"));
    }

    [Fact]
    public async Task The_first_stop_leads_past_the_contents()
    {
        await using var open = await browser.OpenAsync("01-forward-process.html");
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
        await using var open = await browser.OpenAsync("01-forward-process.html");
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
