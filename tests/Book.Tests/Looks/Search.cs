using System;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>The way to a section by its words.</summary>
internal static class Search
{
    /// <summary>A page's first section; null on a page without any.</summary>
    public static async Task<(string Anchor, string Title)?> FirstSectionAsync(IPage page)
    {
        var heading = page.Locator("main h2[id]").First;
        if (await heading.CountAsync() == 0)
            return null;
        return (
            (await heading.GetAttributeAsync("id"))!,
            await heading.EvaluateAsync<string>(
                "h => { const copy = h.cloneNode(true); copy.querySelectorAll('.anchor, .katex').forEach(e => e.remove()); return copy.textContent.trim(); }"
            )
        );
    }

    /// <summary>From any page: types the section's title, follows the place that is found, and waits for its page.</summary>
    /// <returns>What was missing.</returns>
    public static async Task<string[]> FollowAsync(
        IPage page,
        string name,
        (string Anchor, string Title) section
    )
    {
        await page.Keyboard.PressAsync("/");
        await page.Locator("dialog.search input").FillAsync(section.Title);
        var hit = page.Locator(
            $"dialog.search li a[href*='{name}?find='][href$='#{section.Anchor}']"
        );
        try
        {
            await hit.First.WaitForAsync(new LocatorWaitForOptions { Timeout = 30_000 });
        }
        catch (TimeoutException)
        {
            return [$"'{section.Title}' is not found"];
        }
        var marked = await hit.Locator("mark").CountAsync() > 0;
        await hit.First.ClickAsync();
        await page.WaitForURLAsync($"**/{name}?find=*");
        await Figures.DrawnAsync(page);
        var shown = await page.EvaluateAsync<bool>(
            "anchor => document.getElementById(anchor).querySelector('mark')?.checkVisibility() ?? false",
            section.Anchor
        );
        return (marked, shown) switch
        {
            (true, true) => [],
            (false, _) => [$"the words of '{section.Title}' are not marked where it is found"],
            _ => [$"the words of '{section.Title}' are not marked where the search leads to"],
        };
    }
}
