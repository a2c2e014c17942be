using System.IO;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>Files with a <see cref="Seal"/>, which lie among those of others.</summary>
internal static class SealedFiles
{
    /// <summary>Makes sure that nothing is lost where a file is written.</summary>
    /// <exception cref="NotebookException">There is something that this program did not write, or that was changed since.</exception>
    public static void Require(string path)
    {
        if (Directory.Exists(path) && !FolderTree.IsLink(path))
            throw new NotebookException(
                $"'{path}' is a folder, and a file of that name is to be written: move it elsewhere."
            );
        if ((File.Exists(path) || FolderTree.IsLink(path)) && !Seal.Holds(path))
            throw new NotebookException(
                $"'{path}' was changed after it was written, or was not written by this version of the program: move it elsewhere, or delete it, and run this again."
            );
    }
}
