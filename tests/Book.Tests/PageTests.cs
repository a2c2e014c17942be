using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;
using SlowTests;
using Xunit;

namespace Book.Tests;

/// <summary>Each page of the real book in a real browser with no network.</summary>
public sealed class PageTests(Browser browser)
{
    public static TheoryData<string> Pages => WrittenBook.PageCases;

    /// <summary>
    /// Goes through a page as readers do, on a screen, a tablet, a phone and paper, in both themes. To load it costs
    /// most, so it is loaded twice in all; what is found comes together, each with where it was.
    /// </summary>
    [Theory]
    [MemberData(nameof(Pages))]
    [Slow(
        "A chapter has up to twenty thousand elements: it is drawn in two themes and three widths, and axe looks at each."
    )]
    public async Task A_reader_finds_nothing_wrong(string name)
    {
        await using var open = await browser.OpenAsync(name, 1440);
        var page = open.Page;
        var found = new List<string>();

        Found("loading", await Layout.ShiftsAsync(page));
        Found("text", await Reading.HeadingsAsync(page));
        Found("text", await Reading.UntypesetAsync(page));
        Found("text", await Reading.DeadLinksAsync(page, name));
        await LookAsync("light", 1440);
        var section = await Search.FirstSectionAsync(page);

        await open.ResizeAsync(1280);
        Found("1280 pixels", await Layout.CutFormulasAsync(page));
        Found("1280 pixels", await Layout.FoldsAsync(page));
        Found("light", await Axe.OfEverythingAsync(page));
        Found("keyboard", await Tabs.MissAsync(page));

        await open.ResizeAsync(768);
        await Figures.RedrawAsync(page, () => page.ClickAsync(".bar .theme"));
        await LookAsync("dark", 768);
        await open.ResizeAsync(1280);
        Found("dark", await Axe.OfColoursAsync(page));

        await open.ResizeAsync(360);
        if (section is null)
            await open.GoToAsync(name);
        else
            Found("search", await Search.FollowAsync(page, name, section.Value));
        // It is remembered which theme was chosen.
        await LookAsync("dark", 360);
        Found("dark, 360 pixels", await Figures.StuckSlidersAsync(page));

        await open.ResizeAsync(Paper.Width);
        Found("paper", await Paper.SpoiltAsync(page));
        Found("console and network", open.Troubles);
        Assert.True(found.Count == 0, $"{name}:\n{string.Join('\n', found)}");

        void Found(string where, IEnumerable<string> what) =>
            found.AddRange(what.Select(w => $"{where}: {w}"));

        async Task LookAsync(string theme, int width)
        {
            var where = $"{theme}, {width} pixels";
            if (await ThemeAsync(page) is var shown && shown != theme)
                Found(where, [$"the theme is {shown}"]);
            Found(where, await Figures.EmptyAsync(page));
            Found(where, await Figures.CutOffAsync(page));
            Found(where, await Layout.WiderThanAsync(page, width));
        }
    }

    [Fact]
    public async Task A_reader_with_a_dark_system_gets_a_dark_book()
    {
        await using var open = await browser.OpenAsync("00-introduction.html", dark: true);
        Assert.Equal("dark", await ThemeAsync(open.Page));
        Assert.Empty(await Figures.EmptyAsync(open.Page));
        Assert.Empty(open.Troubles);
    }

    [Fact]
    public async Task Contents_name_every_chapter()
    {
        await using var open = await browser.OpenAsync("index.html");
        var chapters = WrittenBook.Chapters;
        Assert.NotEmpty(chapters);
        foreach (var chapter in chapters)
            Assert.Equal(
                1,
                await open.Page.Locator($".contents > li > a[href='{chapter}']").CountAsync()
            );
    }

    private static Task<string> ThemeAsync(IPage page) =>
        page.EvaluateAsync<string>("() => document.documentElement.dataset.theme");
}
