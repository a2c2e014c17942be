using System;
using System.Linq;

namespace Diffusion.Runner.Book;

/// <summary>Addresses inside the book: the one place where a file's name becomes part of a link.</summary>
internal static class PageLink
{
    /// <summary>
    /// A file beside the page, as the value of an attribute. What is escaped for an address holds nothing that
    /// HTML would have to escape.
    /// </summary>
    /// <param name="file">Its name; a path has slashes.</param>
    /// <param name="anchor">A place on that page; null for its beginning.</param>
    public static string To(string file, string? anchor = null) =>
        string.Join('/', file.Split('/').Select(Uri.EscapeDataString))
        + (anchor is null ? "" : Here(anchor));

    /// <summary>A chapter's page, as the value of an attribute.</summary>
    public static string To(ChapterPage page, string? anchor = null) =>
        To($"{page.Name}.html", anchor);

    /// <summary>A place on the same page, as the value of an attribute.</summary>
    public static string Here(string anchor) => "#" + Uri.EscapeDataString(anchor);
}
