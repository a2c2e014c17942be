using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>A reader without a mouse goes through a page with the Tab key.</summary>
internal static class Tabs
{
    private const int TooMany = 3_000;

    /// <summary>What Tab doesn't reach from the top, and where it can't be seen that one is there.</summary>
    public static async Task<string[]> MissAsync(IPage page)
    {
        var stops = await page.EvaluateAsync<int>(
            """
            () => {
              window.reachable = new Set([...document.querySelectorAll('a[href], button, input, summary')]
                .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true })));
              window.unseen = [];
              document.addEventListener('focusin', e => {
                window.reachable.delete(e.target);
                const box = e.target.getBoundingClientRect(), style = getComputedStyle(e.target);
                if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2 || box.width < 1 || box.height < 1)
                  window.unseen.push(`it cannot be seen that one is at: ${e.target.outerHTML.slice(0, 120)}`);
              });
              return window.reachable.size;
            }
            """
        );
        if (stops is < 5 or > TooMany)
            return [$"there are {stops} things to click"];
        // Listings that scroll are stops too.
        var listings = await page.Locator("[tabindex='0']").CountAsync();
        await PressAsync(page, stops + listings + 20);
        return await page.EvaluateAsync<string[]>(
            "() => [...[...window.reachable].map(e => `Tab doesn't reach: ${e.outerHTML.slice(0, 120)}`), ...window.unseen]"
        );
    }

    /// <summary>One press behind the other: a page that is painted for each takes five times as long.</summary>
    private static async Task PressAsync(IPage page, int times)
    {
        var keyboard = await page.Context.NewCDPSessionAsync(page);
        await Task.WhenAll(
            Enumerable
                .Range(0, times)
                .Select(_ =>
                    keyboard.SendAsync(
                        "Input.dispatchKeyEvent",
                        new Dictionary<string, object>
                        {
                            ["type"] = "rawKeyDown",
                            ["key"] = "Tab",
                            ["code"] = "Tab",
                            ["windowsVirtualKeyCode"] = 9,
                        }
                    )
                )
        );
        await keyboard.DetachAsync();
    }
}
