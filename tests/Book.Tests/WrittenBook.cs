using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Tests;
using Xunit;

namespace Book.Tests;

/// <summary>The book that the runner wrote: the real one, in <c>book/</c>.</summary>
internal static class WrittenBook
{
    public static string Folder => Path.Combine(Repository.Root, "book");

    /// <summary>File names of all pages.</summary>
    public static IReadOnlyList<string> Pages =>
        Directory.Exists(Folder)
            ? Directory
                .GetFiles(Folder, "*.html")
                .Select(f => Path.GetFileName(f)!)
                .Order(StringComparer.Ordinal)
                .ToArray()
            : [];

    /// <summary>Those that are notebooks.</summary>
    public static IReadOnlyList<string> Chapters =>
        Pages
            .Where(p =>
                p is not ("index.html" or "gallery.html" or "glossary.html" or "library.html")
            )
            .ToArray();

    /// <summary>Pages as test cases; a single empty one where there is no book, so that the tests say so.</summary>
    public static TheoryData<string> PageCases
    {
        get
        {
            var cases = new TheoryData<string>();
            foreach (var page in Pages.DefaultIfEmpty(""))
                cases.Add(page);
            return cases;
        }
    }

    public static void Require() =>
        Assert.SkipWhen(
            Pages.Count == 0,
            "There is no book yet: 'dotnet run --project environment/Runner' writes it."
        );

    public static string Url(string page) => new Uri(Path.Combine(Folder, page)).AbsoluteUri;
}
