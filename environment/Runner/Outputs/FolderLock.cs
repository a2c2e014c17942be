using System;
using System.IO;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Outputs;

/// <summary>
/// A file that one process at a time holds, and that is gone when nobody does. The kernel lets go of it
/// where a process is killed, and knows it across containers, and across machines where the file system does.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    // EAGAIN of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] Busy = [11, 35, unchecked((int)0x80070020)];

    private readonly string path;
    private readonly FileStream file;

    private FolderLock(string path, FileStream file) => (this.path, this.file) = (path, file);

    // Written by a holder that is about to delete the file: whoever had opened it just before, and gets
    // it only now, sees that this file is no longer the one that others open.
    private static ReadOnlySpan<byte> Gone => "gone"u8;

    /// <returns>Null where another process holds it.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder is not there, perhaps no longer.</exception>
    /// <exception cref="NotebookException">There is a file of that name that is none of ours.</exception>
    public static FolderLock? Try(string path)
    {
        if (FolderTree.IsLink(path))
            throw Foreign(path);
        for (var tries = 1; ; tries++)
        {
            FileStream file;
            try
            {
                file = new FileStream(
                    path,
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    bufferSize: 0
                );
            }
            catch (IOException e) when (Array.IndexOf(Busy, e.HResult) >= 0)
            {
                return null;
            }
            if (file.CanSeek && file.Length == 0)
                return new FolderLock(path, file);
            using (file)
            {
                var said = new byte[Gone.Length];
                if (!file.CanSeek || file.Length != said.Length)
                    throw Foreign(path);
                file.ReadExactly(said);
                if (!Gone.SequenceEqual(said))
                    throw Foreign(path);
                // Still there when opened anew: its holder was killed before it could delete it.
                if (tries > 1)
                    file.SetLength(0);
            }
        }
    }

    public void Dispose()
    {
        Quietly.Do(() => file.Write(Gone));
        // Windows deletes no open file.
        if (OperatingSystem.IsWindows())
            file.Dispose();
        Quietly.Do(() => File.Delete(path));
        file.Dispose();
    }

    private static NotebookException Foreign(string path) =>
        new($"'{path}' was not written by this program, which needs that name: move it elsewhere.");
}
