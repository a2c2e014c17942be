using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>What a page's text is made of.</summary>
internal static class Reading
{
    public static async Task<IReadOnlyList<string>> DeadLinksAsync(IPage page, string name)
    {
        var links = await page.EvaluateAsync<string[]>(
            "() => [...new Set([...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')))]"
        );
        var files = new Dictionary<string, string>();
        var dead = new List<string>();
        foreach (var link in links.Where(l => !l.Contains("://")))
        {
            var (file, anchor) = (link.Split('#')[0], link.Split('#').ElementAtOrDefault(1));
            var path = Path.Combine(WrittenBook.Folder, file == "" ? name : file);
            if (!File.Exists(path))
                dead.Add($"links to {link}, which is not there");
            else if (anchor is not null)
            {
                if (!files.TryGetValue(path, out var text))
                    files[path] = text = File.ReadAllText(path);
                if (!text.Contains($"id=\"{anchor}\""))
                    dead.Add($"links to {link}, and that page has no such place");
            }
        }
        return dead;
    }

    public static Task<string[]> UntypesetAsync(IPage page) =>
        page.EvaluateAsync<string[]>(
            """
            () => {
              const copy = document.querySelector('main').cloneNode(true);
              copy.querySelectorAll('pre, code, .katex, .output, script').forEach(e => e.remove());
              const at = copy.textContent.indexOf('$');
              return [
                ...(at < 0 ? [] : [`a formula is left as it was typed: ${copy.textContent.slice(Math.max(0, at - 40), at + 40)}`]),
                ...[...document.querySelectorAll('.katex-error')].map(e => `a formula is wrong: ${e.textContent}`)];
            }
            """
        );

    /// <summary>One main heading comes first, and no level is skipped.</summary>
    public static async Task<IReadOnlyList<string>> HeadingsAsync(IPage page)
    {
        var levels = await page.EvaluateAsync<int[]>(
            "() => [...document.querySelectorAll('main h1, main h2, main h3, main h4, main h5')].map(h => Number(h.tagName[1]))"
        );
        var wrong = levels
            .Zip(levels.Skip(1))
            .Where(pair => pair.Second > pair.First + 1)
            .Select(pair => $"a heading of level {pair.Second} follows one of level {pair.First}")
            .ToList();
        if (levels.FirstOrDefault() != 1 || levels.Count(l => l == 1) != 1)
            wrong.Add(
                $"headings of level 1 are {levels.Count(l => l == 1)}, the first is of {levels.FirstOrDefault()}"
            );
        return wrong;
    }
}
