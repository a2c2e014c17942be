using System.Collections.Generic;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>A page as it goes to paper.</summary>
internal static class Paper
{
    // A4 without margins of 15 mm, at 96 dots an inch.
    public const int Width = 680;

    /// <summary>Paper is white, nothing to click is on it, and every figure is.</summary>
    public static async Task<IReadOnlyList<string>> SpoiltAsync(IPage page)
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        var spoilt = new List<string>(await Layout.WiderThanAsync(page, Width));
        var colours = await page.EvaluateAsync<string>(
            "() => { const s = getComputedStyle(document.body); return `${s.color} on ${s.backgroundColor}`; }"
        );
        if (colours != "rgb(0, 0, 0) on rgb(255, 255, 255)")
            spoilt.Add($"the text is {colours}");
        foreach (
            var control in new[] { "button", "input", "nav", ".bar", ".diffusion-figure .plot" }
        )
            if (await ShownAsync(control) is var some and > 0)
                spoilt.Add($"{some} of '{control}' are printed");
        var figures = await page.Locator(".diffusion-figure").CountAsync();
        var pictures = await ShownAsync(
            ".diffusion-figure .static, .diffusion-figure .drawing > svg"
        );
        if (figures != pictures)
            spoilt.Add($"{pictures} of {figures} figures are printed");
        return spoilt;

        Task<int> ShownAsync(string what) =>
            page.EvaluateAsync<int>(
                "s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().height > 0).length",
                what
            );
    }
}
