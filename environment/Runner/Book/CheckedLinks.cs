using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax.Inlines;

namespace Diffusion.Runner.Book;

/// <summary>Links and pictures of text cells; those that lead where <see cref="LinkTarget"/> doesn't allow are their text.</summary>
/// <param name="onlyPictures">For text that becomes part of a link itself, such as a heading in the list of contents.</param>
internal sealed class CheckedLinks(bool onlyPictures) : LinkInlineRenderer
{
    protected override void Write(HtmlRenderer renderer, LinkInline link)
    {
        var url = link.GetDynamicUrl?.Invoke() ?? link.Url ?? "";
        if (link.IsImage ? LinkTarget.IsPicture(url) : !onlyPictures && LinkTarget.IsHarmless(url))
            base.Write(renderer, link);
        else
            renderer.WriteChildren(link);
    }

    /// <summary>The same for addresses between angle brackets.</summary>
    /// <param name="asText">Never a link.</param>
    internal sealed class Automatic(bool asText) : AutolinkInlineRenderer
    {
        protected override void Write(HtmlRenderer renderer, AutolinkInline link)
        {
            if (!asText && (link.IsEmail || LinkTarget.IsHarmless(link.Url)))
                base.Write(renderer, link);
            else
                renderer.WriteEscape(link.Url);
        }
    }
}
