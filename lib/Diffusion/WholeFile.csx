#nullable enable
using System;
using System.IO;

/// <summary>Writes a file so that it is the old one or the new one, and never half of it.</summary>
public static class WholeFile
{
    /// <param name="path">Replaced where it is there.</param>
    /// <param name="write">Is given the path of a file beside it, and writes that one.</param>
    public static void Write(string path, Action<string> write)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            write(unfinished);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
