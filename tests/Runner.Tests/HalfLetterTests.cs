using System.IO;
using System.Linq;
using Xunit;

namespace Diffusion.Tests.Runner;

/// <summary>Half of a letter (a surrogate by itself), which no file can hold, is shown as such, and the page is written.</summary>
public class HalfLetterTests
{
    // Attributes cannot hold one either.
    private const string Half = "d\uD800e";

    [Fact]
    public void AFormulaThatMakesOneIsShown()
    {
        using var book = new SmallBook().With("00-a", "# A\n\nB $x\\char\"D800$ c").Written();

        var text = book.Page("00-a.html").Body!.TextContent;
        Assert.Contains("x\uFFFD", text);
        Assert.Contains(" c", text);
    }

    [Fact]
    public void SoIsOneThatACellShows()
    {
        using var book = new SmallBook()
            .With(
                "00-a",
                "# A",
                SmallBook.Shown($"<p>{Half}</p>"),
                SmallBook.Shown($"<script data-library=\"x\">var a = '{Half}';</script>")
            )
            .Written();

        Assert.Contains("<p>d\uFFFDe</p>", book.Text("00-a.html"));
        Assert.Contains(
            Directory
                .EnumerateFiles(Path.Combine(book.Output, "assets"), "library-*.js")
                .Select(File.ReadAllText),
            script => script.Contains("d\uFFFDe")
        );
    }
}
