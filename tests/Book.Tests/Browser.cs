using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Book.Tests;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Browser))]

namespace Book.Tests;

/// <summary>The system's Chromium, one for all tests, cut off from every network.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    // To open a window costs more than to load most pages: those that are given back are used again.
    private readonly ConcurrentBag<OpenPage> windows = [];

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

    /// <summary>Opens a page of the book in a window, and waits until its figures are drawn.</summary>
    public async Task<OpenPage> OpenAsync(string page, int width = 1280, bool dark = false)
    {
        WrittenBook.Require();
        if (!windows.TryTake(out var open))
            open = await OpenPage.InAsync(
                await NewContextAsync(
                    new BrowserNewContextOptions
                    {
                        ReducedMotion = ReducedMotion.Reduce,
                        Offline = true,
                    }
                ),
                windows.Add
            );
        await open.GoToAsync(page, width, dark);
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
