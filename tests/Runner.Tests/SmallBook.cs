using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Diffusion.Runner.Book;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Tests.Runner;

/// <summary>A book of notebooks that were never run, to look at as a browser does.</summary>
internal sealed class SmallBook : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly List<ExecutedNotebook> notebooks = [];

    public SmallBook() => Directory.CreateDirectory(Output);

    public string Output => System.IO.Path.Combine(folder.Path, "book");

    public string Notebooks => System.IO.Path.Combine(folder.Path, "notebooks");

    /// <summary>One more notebook; cells of text are strings, cells of code are what they showed as HTML.</summary>
    public SmallBook With(string name, params object[] cells)
    {
        var path = folder.Write($"notebooks/{name}.dib", "#!markdown\n");
        notebooks.Add(
            new ExecutedNotebook(
                name,
                path,
                cells.Select((cell, i) => Cell(i + 1, cell)).ToArray(),
                new RunCosts(default, default, null, 0)
            )
        );
        return this;
    }

    public SmallBook Written()
    {
        BookWriter.Write(notebooks, folder.Path, Output);
        return this;
    }

    public string Text(string file) => File.ReadAllText(System.IO.Path.Combine(Output, file));

    /// <summary>A page as a browser that runs scripts reads it.</summary>
    public IHtmlDocument Page(string file) =>
        new HtmlParser(new HtmlParserOptions { IsScripting = true }).ParseDocument(Text(file));

    public IEnumerable<string> Pages =>
        Directory.GetFiles(Output, "*.html").Select(p => System.IO.Path.GetFileName(p)!);

    /// <summary>What a cell of code showed.</summary>
    public static CellOutput Shown(string html) =>
        new(OutputKind.Display, new Dictionary<string, string> { ["text/html"] = html });

    public void Dispose() => folder.Dispose();

    private static ExecutedCell Cell(int number, object cell) =>
        cell is CellOutput shown
            ? new(number, CellKind.CSharp, "1", 10 * number, TimeSpan.Zero, [shown])
            : new(number, CellKind.Markdown, (string)cell, 10 * number, TimeSpan.Zero, []);
}
