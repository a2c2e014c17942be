using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;

namespace Book.Tests;

/// <summary>The system's Chromium, cut off from every network.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Executable is not string executable)
            return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = executable,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                ],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>Opens a page of the book and waits until its figures are drawn.</summary>
    public async Task<OpenPage> OpenAsync(string page, int width = 1280, bool dark = false)
    {
        WrittenBook.Require();
        var context = await NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        var open = new OpenPage(context, await context.NewPageAsync());
        await open.GoToAsync(page);
        return open;
    }

    /// <summary>A window of its own, for pages that are not of the book.</summary>
    public Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(
            browser is null,
            "No Chromium was found on PATH: install the package 'chromium'."
        );
        return browser!.NewContextAsync(options);
    }

    private static string? Executable =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .SelectMany(folder =>
                new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name =>
                    Path.Combine(folder, name)
                )
            )
            .FirstOrDefault(File.Exists);
}

/// <summary>A page with what went wrong on it.</summary>
public sealed class OpenPage(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private readonly List<string> troubles = [];

    public IPage Page => page;

    /// <summary>Console errors, uncaught exceptions, and requests to anything but the book's own files.</summary>
    public IReadOnlyList<string> Troubles => troubles;

    internal async Task GoToAsync(string name)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                troubles.Add($"console: {message.Text}");
        };
        page.PageError += (_, error) => troubles.Add($"exception: {error}");
        await page.RouteAsync(
            "**/*",
            route =>
            {
                var url = route.Request.Url;
                if (
                    url.StartsWith("file:", StringComparison.Ordinal)
                    || url.StartsWith("data:", StringComparison.Ordinal)
                    || url.StartsWith("blob:", StringComparison.Ordinal)
                )
                    return route.ContinueAsync();
                troubles.Add($"request: {url}");
                return route.AbortAsync();
            }
        );
        await page.GotoAsync(WrittenBook.Url(name));
        await page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.diffusion-figure .frame > .plot')].every(p => p.closest('figure').classList.contains('drawn'))",
            null,
            new PageWaitForFunctionOptions { Timeout = 60_000 }
        );
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
