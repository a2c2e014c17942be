using System;
using System.IO;

namespace Diffusion.Benchmarks.PyTorch;

/// <summary>How to start Python.</summary>
/// <param name="Command">A program and its first arguments, separated by spaces.</param>
/// <param name="Root">The repository's folder as Python sees it; null where it sees the same as we do.</param>
internal sealed record PythonSettings(string Command, string? Root)
{
    /// <summary>The program, and the arguments that come before all others.</summary>
    public (string Program, string[] Arguments) Split()
    {
        var words = Command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (words[0], words[1..]);
    }

    /// <summary>A file or folder of the repository as Python sees it.</summary>
    /// <param name="path">Relative to the repository.</param>
    public string Path(string path)
    {
        var found = Host.Find(path);
        return Root is null ? found : $"{Root.TrimEnd('/')}/{path}";
    }
}
