using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>A window with a page of the book, and with what went wrong in it; given back at the end.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private const int Height = 900;

    // Of milliseconds: a page that is loaded while the machine is busy is not a wrong one.
    private const int Patience = 120_000;

    private readonly Action<OpenPage> giveBack;
    private readonly List<string> troubles = [];

    private OpenPage(IPage page, Action<OpenPage> giveBack)
    {
        (Page, this.giveBack) = (page, giveBack);
        page.SetDefaultTimeout(Patience);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                troubles.Add($"console: {message.Text}");
        };
        page.PageError += (_, error) => troubles.Add($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Scheme is not ("file" or "data" or "blob"))
                troubles.Add($"request: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Console errors, uncaught exceptions, and requests to anything but the book's own files.</summary>
    public IReadOnlyList<string> Troubles => troubles;

    internal static async Task<OpenPage> InAsync(
        IBrowserContext context,
        Action<OpenPage> giveBack
    ) => new(await context.NewPageAsync(), giveBack);

    /// <summary>Loads another page, and waits until its figures are drawn.</summary>
    public async Task GoToAsync(string name)
    {
        await Page.GotoAsync(WrittenBook.Url(name));
        await Figures.DrawnAsync(Page);
    }

    internal async Task GoToAsync(string name, int width, bool dark)
    {
        await ResizeAsync(width);
        await Page.EmulateMediaAsync(
            new PageEmulateMediaOptions
            {
                Media = Media.Screen,
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            }
        );
        await GoToAsync(name);
    }

    public Task ResizeAsync(int width) => Page.SetViewportSizeAsync(width, Height);

    /// <summary>The next reader has chosen no theme.</summary>
    public async ValueTask DisposeAsync()
    {
        await Page.EvaluateAsync("() => localStorage.clear()");
        await Page.GotoAsync("about:blank");
        troubles.Clear();
        giveBack(this);
    }
}
