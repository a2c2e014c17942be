using System.IO;

namespace Diffusion.Runner.Commands;

/// <summary>Removes folders that other runners in the same clone may be removing, or writing into, just now.</summary>
internal static class Removal
{
    private const int Tries = 10;

    /// <param name="folder">With all that is in it; it may be gone already.</param>
    /// <exception cref="IOException">It cannot be removed, such as on a read-only disk.</exception>
    public static void Of(string folder)
    {
        for (var left = Tries; Directory.Exists(folder); left--)
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (left > 0)
            {
                // Somebody was faster with one of its files, or has written another one.
            }
    }
}
