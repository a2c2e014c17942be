using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Diffusion.Runner.Commands;

/// <summary>Writes a folder so that it is either the old one or the new one, and never half of each.</summary>
public static class FolderSwap
{
    // Two processes that exchange at the same moment: one of them has to try again.
    private const int MostTries = 10;

    /// <param name="target">The folder to replace; it need not exist.</param>
    /// <param name="write">Fills a new, empty folder.</param>
    /// <param name="cancel">Looked at before the folders are exchanged.</param>
    /// <exception cref="OperationCanceledException">Cancelled; <paramref name="target"/> is as it was.</exception>
    public static void Write(string target, Action<string> write, CancellationToken cancel)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        TidyUp(target);
        // Beside the target, so that renaming is one step of the file system.
        var (fresh, old) = (
            $"{target}.new-{Environment.ProcessId}",
            $"{target}.old-{Environment.ProcessId}"
        );
        try
        {
            Directory.CreateDirectory(fresh);
            write(fresh);
            cancel.ThrowIfCancellationRequested();
            var tries = MostTries;
            while (!Exchange(target, fresh, old) && --tries > 0) { }
            if (tries == 0)
                throw new IOException(
                    $"Other programs keep writing '{target}': wait for them, and run this again."
                );
        }
        finally
        {
            foreach (var left in new[] { fresh, old })
                if (Directory.Exists(left))
                    Removal.Of(left);
        }
    }

    /// <returns>Whether it was done; if not, another process put its own folder there at the same moment.</returns>
    private static bool Exchange(string target, string fresh, string old)
    {
        try
        {
            if (Directory.Exists(target))
                Directory.Move(target, old);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        try
        {
            Directory.Move(fresh, target);
            return true;
        }
        catch when (Directory.Exists(old))
        {
            if (Directory.Exists(target))
            {
                Removal.Of(old);
                return false;
            }
            Directory.Move(old, target);
            throw;
        }
    }

    /// <summary>Brings into order what a process left that was killed in the middle of the above.</summary>
    private static void TidyUp(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
            return;
        var name = Path.GetFileName(target);
        foreach (var old in Directory.GetDirectories(folder, $"{name}.old-*"))
            if (IsLeft(old) && !Directory.Exists(target))
                Directory.Move(old, target);
            else if (IsLeft(old))
                Removal.Of(old);
        foreach (var fresh in Directory.GetDirectories(folder, $"{name}.new-*"))
            if (IsLeft(fresh))
                Removal.Of(fresh);
    }

    /// <summary>Whether the process whose number the folder bears has ended.</summary>
    private static bool IsLeft(string folder)
    {
        if (!int.TryParse(folder[(folder.LastIndexOf('-') + 1)..], out var id))
            return false;
        try
        {
            using var process = Process.GetProcessById(id);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
