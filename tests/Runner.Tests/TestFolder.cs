using System;
using System.IO;
using System.Linq;

namespace Diffusion.Tests.Runner;

/// <summary>A folder of its own, with a space in its name, that is gone when the test ends.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Path = System.IO.Path.Combine(
            System.IO.Path.GetTempPath(),
            $"runner tests {Guid.NewGuid():n}"
        );
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Where a file of this folder is; its folders are made.</summary>
    public string this[string name]
    {
        get
        {
            var path = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            return path;
        }
    }

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>A notebook of these code cells.</summary>
    public string Notebook(string name, params string[] cells) =>
        Write(name, string.Join("\n", cells.Select(c => $"#!csharp\n\n{c}\n")));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
