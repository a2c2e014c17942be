using System;
using System.IO;
using System.Threading;

namespace Diffusion.Runner.Commands;

/// <summary>Writes a folder so that it is either the old one or the new one, and never half of each.</summary>
public static class FolderSwap
{
    /// <param name="target">The folder to replace; it need not exist.</param>
    /// <param name="write">Fills a new, empty folder.</param>
    /// <param name="cancel">Looked at before the folders are exchanged.</param>
    /// <exception cref="OperationCanceledException">Cancelled; <paramref name="target"/> is as it was.</exception>
    public static void Write(string target, Action<string> write, CancellationToken cancel)
    {
        var suffix = Guid.NewGuid().ToString("n")[..8];
        // Beside the target, so that renaming is one step of the file system.
        var (fresh, old) = ($"{target}.new-{suffix}", $"{target}.old-{suffix}");
        try
        {
            Directory.CreateDirectory(fresh);
            write(fresh);
            cancel.ThrowIfCancellationRequested();
            if (Directory.Exists(target))
                Directory.Move(target, old);
            try
            {
                Directory.Move(fresh, target);
            }
            catch when (Directory.Exists(old))
            {
                Directory.Move(old, target);
                throw;
            }
        }
        finally
        {
            foreach (var left in new[] { fresh, old })
                if (Directory.Exists(left))
                    Directory.Delete(left, recursive: true);
        }
    }
}
