using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;

namespace Book.Tests;

/// <summary>Searching the book, its gallery, and its listings that fold, without a network.</summary>
public sealed class SearchTests(Browser browser)
{
    /// <summary>A section's words lead to it from another page, and are marked there.</summary>
    [Fact]
    public async Task Finds_a_section_of_a_chapter()
    {
        const string Chapter = "00-introduction.html";
        await using var open = await browser.OpenAsync(Chapter);
        var section = await Search.FirstSectionAsync(open.Page);
        Assert.NotNull(section);

        await open.GoToAsync("index.html");
        Assert.Empty(await Search.FollowAsync(open.Page, Chapter, section.Value));
        Assert.Empty(open.Troubles);
    }

    [Fact]
    public async Task Works_by_keyboard_and_says_when_nothing_is_found()
    {
        WrittenBook.Require();
        await using var open = await browser.OpenAsync("index.html");
        await open.Page.Keyboard.PressAsync("/");
        var dialog = open.Page.Locator("dialog.search");
        var input = dialog.Locator("input");
        await input.FillAsync("noise");
        await dialog.Locator("li").First.WaitForAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal(
            "A",
            await open.Page.EvaluateAsync<string>("() => document.activeElement.tagName")
        );
        await input.FillAsync("zzzzqqqq");
        await Assertions.Expect(dialog.Locator(".status")).ToContainTextAsync("Nothing");
        await open.Page.Keyboard.PressAsync("Escape");
        Assert.False(await dialog.EvaluateAsync<bool>("d => d.open"));
    }

    [Fact]
    public async Task The_gallery_shows_every_figure_and_leads_to_it()
    {
        WrittenBook.Require();
        var figures = 0;
        foreach (var page in WrittenBook.Chapters)
            figures +=
                File.ReadAllText(Path.Combine(WrittenBook.Folder, page))
                    .Split("<figure class=\"diffusion-figure\"")
                    .Length - 1;
        await using var open = await browser.OpenAsync("gallery.html");
        Assert.Equal(figures, await open.Page.Locator(".gallery li").CountAsync());
        // "Figure 4.2" and then some words.
        Assert.All(
            await open.Page.Locator(".gallery .name").AllTextContentsAsync(),
            name => Assert.Matches(@"^Figure [0-9A-Z]+\.\d+ \S.{3,}", name)
        );
        await open.Page.EvaluateAsync(
            "() => document.querySelectorAll('.gallery img').forEach(i => i.loading = 'eager')"
        );
        await open.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.gallery img')].every(i => i.complete && i.naturalWidth > 0)"
        );
        Assert.Empty(open.Troubles);
    }

    /// <summary>The list of all 28 parts of the network that a cell of chapter 2 prints.</summary>
    [Fact]
    public async Task A_long_output_is_among_them()
    {
        await using var open = await browser.OpenAsync("02-unet.html");
        Assert.NotEqual(0, await open.Page.Locator(".output > .fold").CountAsync());
    }
}
