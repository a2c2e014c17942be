using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Book;

/// <summary>Writes executed notebooks as a book that needs no network.</summary>
public static class BookWriter
{
    private const string FirstPicture = "images/00-first-pictures.png";
    private const string FirstPictureSays =
        "Sixteen small grey pictures of clothes, drawn out of noise by the network of chapter 3";

    /// <param name="notebooks">In the order of the chapters.</param>
    /// <param name="repositoryRoot">Where the notebooks' pictures are.</param>
    /// <param name="outputFolder">New and empty.</param>
    /// <exception cref="NotebookException">No page can be made of a text cell.</exception>
    public static void Write(
        IReadOnlyList<ExecutedNotebook> notebooks,
        string repositoryRoot,
        string outputFolder
    ) => DeepStack.Run(() => WriteAll(notebooks, repositoryRoot, outputFolder));

    private static void WriteAll(
        IReadOnlyList<ExecutedNotebook> notebooks,
        string repositoryRoot,
        string outputFolder
    )
    {
        var assets = Path.Combine(outputFolder, "assets");
        foreach (var name in Assets.Names)
            Assets.CopyTo(name, assets);

        var memory = PageMemory.Of(repositoryRoot);
        var colours = new CodeColours(memory);
        var glossary = Glossary.In(repositoryRoot);
        var markdown = new MarkdownPages(
            new Katex(memory),
            colours,
            glossary,
            Path.Combine(repositoryRoot, "notebooks")
        );
        var scripts = new SharedScripts(assets);
        var library = LibrarySource.In(repositoryRoot);
        var pages = notebooks
            .Select(
                (notebook, i) =>
                    ChapterPage.Of(
                        notebook,
                        Label(notebook.Name, i),
                        markdown,
                        code => library.Linked(code, colours),
                        scripts
                    )
            )
            .ToArray();
        for (var i = 0; i < pages.Length; i++)
        {
            var path = Path.Combine(outputFolder, pages[i].Name);
            TextFile.Write($"{path}.html", PageFrame.Chapter(pages, i));
            IpynbWriter.Write(notebooks[i], $"{path}.ipynb");
            File.Copy(notebooks[i].SourcePath, $"{path}.dib");
        }
        TextFile.Write(
            Path.Combine(outputFolder, "index.html"),
            PageFrame.Index(
                pages,
                File.Exists(Path.Combine(repositoryRoot, "notebooks", FirstPicture))
                    ? markdown.ToHtml($"![{FirstPictureSays}]({FirstPicture})", [])
                    : "",
                hasGlossary: !glossary.IsEmpty,
                hasLibrary: !library.IsEmpty
            )
        );
        TextFile.Write(
            Path.Combine(outputFolder, "gallery.html"),
            PageFrame.Extra("All figures", pages, GalleryPage.Write(pages, outputFolder))
        );
        var searched = pages.ToList();
        if (!library.IsEmpty)
        {
            var page = library.Written(colours);
            TextFile.Write(
                Path.Combine(outputFolder, LibrarySource.Page),
                PageFrame.Extra(page.PlainTitle, pages, page.Body)
            );
            searched.Add(page);
        }
        if (!glossary.IsEmpty)
        {
            var page = ChapterPage.OfText("glossary", glossary.Source, markdown);
            TextFile.Write(
                Path.Combine(outputFolder, "glossary.html"),
                PageFrame.Extra(page.PlainTitle, pages, page.Body)
            );
            searched.Add(page);
        }
        SearchIndex.Write(searched, assets);
        Pictures.Copy(repositoryRoot, outputFolder);
        memory.Keep();
    }

    /// <summary>The number or letter that the file's name begins with, or the place in the book.</summary>
    private static string Label(string name, int index)
    {
        var start = name.Split('-')[0];
        if (int.TryParse(start, CultureInfo.InvariantCulture, out var number))
            return number.ToString(CultureInfo.InvariantCulture);
        return start is [>= 'A' and <= 'Z'] ? start : index.ToString(CultureInfo.InvariantCulture);
    }
}
