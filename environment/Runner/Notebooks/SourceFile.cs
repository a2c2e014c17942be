using System;
using System.IO;

namespace Diffusion.Runner.Notebooks;

/// <summary>Reads what somebody wrote, a notebook or a file that it loads or imports: ordinary files, up to a size.</summary>
public static class SourceFile
{
    /// <summary>The largest chapter has a hundredth of it.</summary>
    public const int MostBytes = 16 << 20;

    /// <exception cref="NotebookException">It is missing, a pipe or a device, too large, or cannot be read.</exception>
    public static string Read(string path)
    {
        using var reader = new StreamReader(new MemoryStream(Bytes(path), writable: false));
        return reader.ReadToEnd();
    }

    /// <exception cref="NotebookException">It is missing, a pipe or a device, too large, or cannot be read.</exception>
    public static byte[] Bytes(string path)
    {
        if (!File.Exists(path))
            throw new NotebookException($"There is no file '{path}'.");
        if (!FileKind.IsRegular(path))
            throw new NotebookException(
                $"'{path}' is a pipe or a device: only ordinary files are read."
            );
        try
        {
            return Whole(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException($"'{path}' cannot be read: {e.Message}");
        }
    }

    private static byte[] Whole(string path)
    {
        using var file = File.OpenRead(path);
        // Some files have no size before they are read, and some grow meanwhile.
        using var bytes = new MemoryStream();
        var block = new byte[1 << 16];
        int read;
        while ((read = file.Read(block)) > 0)
        {
            bytes.Write(block, 0, read);
            if (bytes.Length > MostBytes)
                throw new NotebookException(
                    $"'{path}' is larger than the {MostBytes >> 20} MB that a notebook, or a file that it loads or imports, may have."
                );
        }
        return bytes.ToArray();
    }
}
