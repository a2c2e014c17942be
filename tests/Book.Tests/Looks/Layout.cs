using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>Where things are on a page.</summary>
internal static class Layout
{
    public static async Task<string[]> WiderThanAsync(IPage page, int width)
    {
        var wide = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
        return wide <= width ? [] : [$"the page is {wide} pixels wide"];
    }

    /// <summary>Drawing figures late must not push the text about (CLS, below 0.1 in all).</summary>
    public static async Task<string[]> ShiftsAsync(IPage page)
    {
        var shift = await page.EvaluateAsync<double>(
            """
            () => new Promise(done => {
              let sum = 0;
              new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) sum += e.value; }))
                .observe({ type: 'layout-shift', buffered: true });
              setTimeout(() => done(sum), 300);
            })
            """
        );
        return shift <= 0.1 ? [] : [$"the text moves while the page loads: {shift}"];
    }

    public static Task<string[]> CutFormulasAsync(IPage page) =>
        page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.katex-display')]
                .filter(formula => [...formula.querySelectorAll('.base')].some(part =>
                    part.getBoundingClientRect().right > formula.parentElement.getBoundingClientRect().right + 1))
                .map(formula => `a formula is not whole: ${formula.querySelector('annotation').textContent}`)
            """
        );

    /// <summary>Long listings and outputs get smaller when they are folded, and are as before when they are unfolded.</summary>
    public static async Task<IReadOnlyList<string>> FoldsAsync(IPage page)
    {
        var wrong = new List<string>();
        foreach (var kind in new[] { ".code", ".output" })
        {
            var box = page.Locator($"{kind}:has(> .fold)").First;
            if (await box.CountAsync() == 0)
                continue;
            var fold = box.Locator("> .fold");
            async Task<double> HeightAsync() => (await box.BoundingBoxAsync())!.Height;
            var whole = await HeightAsync();
            await fold.ClickAsync();
            var folded = await HeightAsync();
            if (folded < 50 || folded > 0.6 * whole)
                wrong.Add($"a {kind} of {whole} pixels is folded to {folded}");
            if (await fold.GetAttributeAsync("aria-expanded") != "false")
                wrong.Add($"a folded {kind} doesn't say so: aria-expanded");
            await fold.ClickAsync();
            if (Math.Abs(await HeightAsync() - whole) > 1)
                wrong.Add($"a {kind} of {whole} pixels is unfolded to {await HeightAsync()}");
        }
        return wrong;
    }
}
