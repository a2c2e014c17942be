using System.IO;
using System.Text;

namespace Diffusion.Runner.Book;

/// <summary>Writes the book's texts, whatever is in them.</summary>
internal static class TextFile
{
    // Half of a letter (a surrogate by itself), which a formula or a cell can make, becomes U+FFFD instead of an exception.
    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false);

    public static void Write(string path, string text) => File.WriteAllText(path, text, Lenient);
}
