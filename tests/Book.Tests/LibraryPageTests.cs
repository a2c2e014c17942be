using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Diffusion.Tests;
using Xunit;

namespace Book.Tests;

/// <summary>The page of the library's source, and the links from cells to it.</summary>
public sealed partial class LibraryPageTests
{
    private const string Name = "library.html";

    [Fact]
    public void It_holds_every_file_as_it_is()
    {
        var page = new HtmlParser().ParseDocument(Read(Name));
        var shown = page.QuerySelectorAll(".listing code").Select(c => c.TextContent).ToArray();
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "lib", "Diffusion"), "*.csx");
        Assert.Equal(files.Length, shown.Length);
        Assert.All(
            files,
            f => Assert.Contains(File.ReadAllText(f).TrimEnd().ReplaceLineEndings("\n"), shown)
        );
    }

    [Fact]
    public void Names_of_types_in_cells_lead_to_their_declarations_and_members_do_not()
    {
        WrittenBook.Require();
        var library = new HtmlParser().ParseDocument(Read(Name));
        var links = 0;
        foreach (var chapter in WrittenBook.Chapters)
        {
            var text = Read(chapter);
            // train.Images is a property, though there is a class Images too.
            Assert.DoesNotMatch(AfterADot(), text);
            foreach (var link in new HtmlParser().ParseDocument(text).QuerySelectorAll(".code a"))
            {
                links++;
                var target = library.GetElementById(link.GetAttribute("href")!.Split('#')[1])!;
                Assert.Equal(link.TextContent, target.TextContent);
                Assert.Matches("(class|record|struct|interface|enum) $", Before(target));
            }
        }
        Assert.True(links > 300, $"Only {links} links were found.");
    }

    private static string Before(IElement name)
    {
        var before = "";
        for (INode? node = name.PreviousSibling; before.Length < 20; node = node!.PreviousSibling)
            before = node!.TextContent + before;
        return before;
    }

    private static string Read(string page)
    {
        WrittenBook.Require();
        return File.ReadAllText(Path.Combine(WrittenBook.Folder, page));
    }

    [GeneratedRegex("""\.<a class="t""")]
    private static partial Regex AfterADot();
}
