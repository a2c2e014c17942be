using System.Threading.Tasks;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Book.Tests;

/// <summary>What axe objects to: rule, what it asks for, and the first elements.</summary>
internal static class Axe
{
    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    // A page may not ask for its own style sheets, which is what preloading does.
    private const string Options = "resultTypes: ['violations'], preload: false";

    private const string Objections = """
        result => result.violations.map(v => `axe: ${v.id}: ${v.help} (${v.nodes.slice(0, 3).map(n => n.html).join(' | ')})`)
        """;

    /// <summary>All rules, on every element.</summary>
    public static async Task<string[]> OfEverythingAsync(IPage page)
    {
        await page.EvaluateAsync(Script);
        return await page.EvaluateAsync<string[]>(
            $"() => axe.run(document, {{ {Options} }}).then({Objections})"
        );
    }

    /// <summary>The rules that another theme changes: those of colours.</summary>
    /// <remarks>
    /// Of a listing's thousands of words it is enough to look at one of each kind. What contrast depends on is an element's own
    /// colours and letters, and what lies behind it: of all elements with text that are alike in these, one is looked at.
    /// </remarks>
    public static async Task<string[]> OfColoursAsync(IPage page)
    {
        await page.EvaluateAsync(Script);
        return await page.EvaluateAsync<string[]>(
            $$"""
            () => {
              const numbers = new Map(), behind = new Map(), kinds = new Map();
              const number = text => numbers.get(text) ?? (numbers.set(text, numbers.size), numbers.size - 1);
              const background = e => {
                if (!e) return -1;
                if (!behind.has(e)) {
                  const s = getComputedStyle(e);
                  behind.set(e, number([background(e.parentElement), s.backgroundColor, s.backgroundImage, s.opacity,
                    s.position, s.zIndex, s.filter, s.mixBlendMode, s.display === 'none', s.visibility].join()));
                }
                return behind.get(e);
              };
              for (const e of document.querySelectorAll('body *')) {
                if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
                const s = getComputedStyle(e);
                const kind = [background(e), e.localName, s.color, s.fill, s.fontSize, s.fontWeight, s.textShadow, s.textDecoration].join();
                if (!kinds.has(kind)) kinds.set(kind, e);
              }
              return axe.run({ include: [...kinds.values()] },
                { runOnly: ['color-contrast', 'link-in-text-block'], {{Options}} }).then({{Objections}});
            }
            """
        );
    }
}
