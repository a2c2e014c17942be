using System;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>The figures that scripts draw.</summary>
internal static class Figures
{
    private const string Plots = "document.querySelectorAll('.diffusion-figure .frame > .plot')";

    public static Task DrawnAsync(IPage page) =>
        page.WaitForFunctionAsync(
            $"() => [...{Plots}].every(p => p.closest('figure').classList.contains('drawn'))"
        );

    /// <summary>Does what lets all figures be drawn anew, and waits for it.</summary>
    public static async Task RedrawAsync(IPage page, Func<Task> action)
    {
        await page.EvaluateAsync(
            $"() => [...{Plots}].forEach(p => p.closest('figure').classList.remove('drawn'))"
        );
        await action();
        await DrawnAsync(page);
    }

    /// <summary>Figures without a drawing. The lowest is a row of eight pictures on a phone.</summary>
    public static Task<string[]> EmptyAsync(IPage page) =>
        page.EvaluateAsync<string[]>(
            $$"""
            () => [...{{Plots}}]
                .filter(p => !p.querySelector('.main-svg') || p.getBoundingClientRect().height < 25)
                .map(p => `nothing is drawn of: ${p.getAttribute('aria-label')}`)
            """
        );

    /// <summary>A line is higher than its letters: 3 pixels of it may lie above the figure.</summary>
    public static Task<string[]> CutOffAsync(IPage page) =>
        page.EvaluateAsync<string[]>(
            $$"""
            () => [...{{Plots}}].flatMap(plot => {
                const frame = plot.getBoundingClientRect();
                return [...plot.querySelectorAll('.main-svg text')]
                    .filter(text => {
                        const box = text.getBoundingClientRect();
                        return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1
                            || box.top < frame.top - 3 || box.bottom > frame.bottom + 1);
                    })
                    .map(text => `cut off: ${text.textContent} in: ${plot.getAttribute('aria-label')}`);
            })
            """
        );

    /// <summary>Sliders that move nothing, or say nothing of it.</summary>
    public static async Task<string[]> StuckSlidersAsync(IPage page)
    {
        await page.EvaluateAsync(
            """
            () => {
              window.sliders = [...document.querySelectorAll('.diffusion-figure input[type=range]')];
              window.shown = s => [
                  JSON.stringify(s.closest('figure').querySelector('.plot').data.map(d => [d.z, d.source, d.y])),
                  s.getAttribute('aria-valuetext')];
              window.stuck = [];
            }
            """
        );
        var count = await page.EvaluateAsync<int>("() => window.sliders.length");
        for (var i = 0; i < count; i++)
        {
            await page.EvaluateAsync(
                "i => { window.before = window.shown(window.sliders[i]); window.sliders[i].focus(); }",
                i
            );
            await page.Keyboard.PressAsync("Home");
            await page.EvaluateAsync(
                """
                i => {
                  const [picture, label] = window.shown(window.sliders[i]);
                  if (picture === window.before[0]) window.stuck.push(`slider ${i + 1} leaves its picture as it was`);
                  if (label === window.before[1]) window.stuck.push(`slider ${i + 1} leaves its label as it was: ${label}`);
                }
                """,
                i
            );
        }
        return await page.EvaluateAsync<string[]>("() => window.stuck");
    }
}
