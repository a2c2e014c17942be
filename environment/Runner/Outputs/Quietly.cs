using System;
using System.IO;

namespace Diffusion.Runner.Outputs;

/// <summary>Tidying up that may fail, because a later run can do it as well.</summary>
internal static class Quietly
{
    public static void Do(Action tidyUp)
    {
        try
        {
            tidyUp();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody was faster, or the disk may only be read.
        }
    }

    /// <summary>Removes folders that are empty, from the innermost outwards, and stops at one that is not.</summary>
    /// <param name="folder">The innermost.</param>
    /// <param name="below">Is not removed itself.</param>
    public static void RemoveEmpty(string folder, string below) =>
        Do(() =>
        {
            while (folder.Length > below.Length && !FolderTree.IsLink(folder))
            {
                // Not recursive: one that holds something stays.
                Directory.Delete(folder);
                folder = Path.GetDirectoryName(folder)!;
            }
        });
}
