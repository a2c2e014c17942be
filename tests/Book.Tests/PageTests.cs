using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Book.Tests;

/// <summary>Each page of the real book in a real browser with no network.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>
{
    public static TheoryData<string> Pages => WrittenBook.PageCases;

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Draws_every_figure_in_both_themes_and_asks_nobody_for_anything(string name)
    {
        foreach (var dark in new[] { false, true })
        {
            await using var open = await browser.OpenAsync(name, dark: dark);
            Assert.Empty(open.Troubles);
            var empty = await open.Page.EvaluateAsync<int>(
                "() => [...document.querySelectorAll('.diffusion-figure .frame > .plot')].filter(p => !p.querySelector('.main-svg') || p.getBoundingClientRect().height < 40).length"
            );
            Assert.Equal(0, empty);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_slider_moves_its_picture(string name)
    {
        await using var open = await browser.OpenAsync(name);
        foreach (
            var slider in await open.Page.QuerySelectorAllAsync(
                ".diffusion-figure input[type=range]"
            )
        )
        {
            const string Drawn =
                "s => JSON.stringify(s.closest('figure').querySelector('.plot').data.map(d => [d.z, d.source, d.y]))";
            var before = await slider.EvaluateAsync<string>(Drawn);
            var label = await slider.GetAttributeAsync("aria-valuetext");
            await slider.FocusAsync();
            await open.Page.Keyboard.PressAsync("Home");
            Assert.NotEqual(before, await slider.EvaluateAsync<string>(Drawn));
            Assert.NotEqual(label, await slider.GetAttributeAsync("aria-valuetext"));
        }
        Assert.Empty(open.Troubles);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Cuts_off_no_text_of_a_figure(string name)
    {
        foreach (var width in new[] { 360, 768, 1440 })
        {
            await using var open = await browser.OpenAsync(name, width);
            // A line is higher than its letters: 3 pixels of it may lie above the figure.
            var cut = await open.Page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll('.diffusion-figure .frame > .plot')].flatMap(plot => {
                    const frame = plot.getBoundingClientRect();
                    return [...plot.querySelectorAll('.main-svg text')]
                        .filter(text => {
                            const box = text.getBoundingClientRect();
                            return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1
                                || box.top < frame.top - 3 || box.bottom > frame.bottom + 1);
                        })
                        .map(text => `${text.textContent} in: ${plot.getAttribute('aria-label')}`);
                })
                """
            );
            Assert.True(cut.Length == 0, $"{name} at {width} pixels: {string.Join("; ", cut)}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Shows_every_formula_whole_on_a_wide_screen(string name)
    {
        await using var open = await browser.OpenAsync(name);
        var cut = await open.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.katex-display')]
                .filter(formula => [...formula.querySelectorAll('.base')].some(part =>
                    part.getBoundingClientRect().right > formula.parentElement.getBoundingClientRect().right + 1))
                .map(formula => formula.querySelector('annotation').textContent)
            """
        );
        Assert.True(cut.Length == 0, $"{name}: {string.Join("; ", cut)}");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Never_scrolls_sideways(string name)
    {
        foreach (var width in new[] { 360, 768, 1440 })
        {
            await using var open = await browser.OpenAsync(name, width);
            var page = await open.Page.EvaluateAsync<int>(
                "() => document.documentElement.scrollWidth"
            );
            Assert.True(page <= width, $"{name} is {page} pixels wide in a window of {width}.");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Has_nothing_that_axe_objects_to(string name)
    {
        foreach (var dark in new[] { false, true })
        {
            await using var open = await browser.OpenAsync(name, dark: dark);
            var result = await open.Page.RunAxe();
            Assert.Empty(
                result.Violations.Select(v =>
                    $"{v.Id}: {v.Help} ({string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))})"
                )
            );
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Remembers_the_theme_that_was_chosen(string name)
    {
        await using var open = await browser.OpenAsync(name);
        await open.Page.ClickAsync(".bar .theme");
        Assert.Equal("dark", await Theme(open.Page));
        await open.Page.ReloadAsync();
        Assert.Equal("dark", await Theme(open.Page));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Links_lead_somewhere_and_formulas_are_typeset(string name)
    {
        await using var open = await browser.OpenAsync(name);
        var links = await open.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
        );
        foreach (var link in links.Where(l => !l.Contains("://")).Distinct())
        {
            var (file, anchor) = (link.Split('#')[0], link.Split('#').ElementAtOrDefault(1));
            var path = Path.Combine(WrittenBook.Folder, file == "" ? name : file);
            Assert.True(File.Exists(path), $"{name} links to {link}, which is not there.");
            if (anchor is not null)
                Assert.Contains(
                    $"id=\"{anchor}\"",
                    await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)
                );
        }
        var text = await open.Page.EvaluateAsync<string>(
            "() => { const copy = document.querySelector('main').cloneNode(true); copy.querySelectorAll('pre, code, .katex, .output, script').forEach(e => e.remove()); return copy.textContent; }"
        );
        Assert.DoesNotContain("$", text);
        Assert.Equal(0, await open.Page.Locator(".katex-error").CountAsync());
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Has_one_main_heading_and_skips_no_level(string name)
    {
        await using var open = await browser.OpenAsync(name);
        var levels = await open.Page.EvaluateAsync<int[]>(
            "() => [...document.querySelectorAll('main h1, main h2, main h3, main h4, main h5')].map(h => Number(h.tagName[1]))"
        );
        Assert.Single(levels, 1);
        Assert.Equal(1, levels[0]);
        foreach (var (before, after) in levels.Zip(levels.Skip(1)))
            Assert.True(
                after <= before + 1,
                $"{name}: a heading of level {after} follows one of level {before}."
            );
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

    /// <summary>Drawing figures late must not push the text about (CLS, below 0.1 in all).</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Nothing_moves_while_a_page_loads(string name)
    {
        await using var open = await browser.OpenAsync(name);
        var shift = await open.Page.EvaluateAsync<double>(
            """
            () => new Promise(done => {
              let sum = 0;
              new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) sum += e.value; }))
                .observe({ type: 'layout-shift', buffered: true });
              setTimeout(() => done(sum), 300);
            })
            """
        );
        Assert.InRange(shift, 0, 0.1);
    }

    private static Task<string> Theme(IPage page) =>
        page.EvaluateAsync<string>("() => document.documentElement.dataset.theme");
}
