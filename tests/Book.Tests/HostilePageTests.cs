using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;

namespace Book.Tests;

/// <summary>What a real browser makes of pages whose texts and names mean harm.</summary>
public sealed class HostilePageTests(Browser browser, HostileBook book) : IClassFixture<HostileBook>
{
    [Fact]
    public async Task Text_runs_nothing_and_hides_nothing()
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        foreach (var name in Directory.GetFiles(book.Page("."), "*.html").Select(Path.GetFileName))
        {
            await page.GotoAsync(book.Address(name!));
            Assert.Equal("undefined", await page.EvaluateAsync<string>("typeof ran"));
        }
        await page.GotoAsync(book.Address($"{HostileBook.Name}.html"));

        Assert.True(await page.GetByText("A wombat.").IsVisibleAsync());
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("wombat");
        await page.Locator("dialog.search li a").First.WaitForAsync();
        Assert.Contains(
            "Later",
            await page.Locator("dialog.search li strong").First.TextContentAsync()
        );
    }

    [Fact]
    public async Task An_outputs_script_runs_and_no_other_even_where_it_got_into_the_page()
    {
        var file = book.Page("tampered.html");
        var text = await File.ReadAllTextAsync(book.Chapter, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file,
            text.Replace(
                "<section class=\"text\">",
                "<section class=\"text\"><script>ran = 1</script><p id=\"bad\" onclick=\"ran = 1\">bad</p><a id=\"link\" href=\"javascript:ran=1\">x</a>",
                StringComparison.Ordinal
            ),
            TestContext.Current.CancellationToken
        );
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(book.Address("tampered.html"));
        await page.Locator("#bad").First.ClickAsync();
        await page.Locator("#link").First.ClickAsync();
        await page.Locator("#shown").ClickAsync();

        Assert.Equal(1, await page.EvaluateAsync<int>("shown"));
        Assert.Equal(1, await page.EvaluateAsync<int>("clicked"));
        Assert.Equal("undefined", await page.EvaluateAsync<string>("typeof ran"));
    }

    [Fact]
    public async Task A_name_with_signs_of_HTML_and_of_addresses_leads_to_its_page()
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        foreach (var from in new[] { "index.html", "gallery.html" })
        {
            await page.GotoAsync(book.Address(from));
            await page.Locator(
                    "nav.side > ol > li > a",
                    new PageLocatorOptions { HasText = HostileBook.Name }
                )
                .ClickAsync();
            await page.GetByText("A wombat.").WaitForAsync();
            Assert.StartsWith($"{HostileBook.Name} · ", await page.TitleAsync());
        }
        // The notebook lies beside its page.
        var link = await page.Locator(".downloads a").Last.GetAttributeAsync("href");
        Assert.True(File.Exists(book.Page(Uri.UnescapeDataString(link!))));
    }
}
