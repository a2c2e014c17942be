using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;

namespace Book.Tests;

/// <summary>Each page as it goes to paper, from a dark screen.</summary>
public sealed class PrintTests(Browser browser) : IClassFixture<Browser>
{
    // A4 without margins of 15 mm, at 96 dots an inch.
    private const int PaperWidth = 680;

    public static TheoryData<string> Pages => WrittenBook.PageCases;

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Paper_is_white_and_as_wide_as_paper_is(string name)
    {
        await using var open = await OnPaperAsync(name);
        Assert.Equal(
            "rgb(0, 0, 0) on rgb(255, 255, 255)",
            await open.Page.EvaluateAsync<string>(
                "() => { const s = getComputedStyle(document.body); return `${s.color} on ${s.backgroundColor}`; }"
            )
        );
        var wide = await open.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
        Assert.True(wide <= PaperWidth, $"{name} is {wide} pixels wide on paper of {PaperWidth}.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Nothing_to_click_is_printed_and_every_figure_is(string name)
    {
        await using var open = await OnPaperAsync(name);
        const string Shown =
            "s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().height > 0).length";
        foreach (
            var control in new[] { "button", "input", "nav", ".bar", ".diffusion-figure .plot" }
        )
            Assert.Equal(0, await open.Page.EvaluateAsync<int>(Shown, control));
        Assert.Equal(
            await open.Page.Locator(".diffusion-figure").CountAsync(),
            await open.Page.EvaluateAsync<int>(
                Shown,
                ".diffusion-figure .static, .diffusion-figure .drawing > svg"
            )
        );
    }

    private async Task<OpenPage> OnPaperAsync(string name)
    {
        var open = await browser.OpenAsync(name, PaperWidth, dark: true);
        await open.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        return open;
    }
}
