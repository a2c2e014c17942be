extern alias library;

using System;
using System.IO;
using Diffusion.Runner.Native;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Commands;

/// <summary>Commands that compute with the library in this process, instead of in a notebook's.</summary>
internal static class LibraryWork
{
    /// <summary>Gets libtorch ready and does the work, with the repository as working directory.</summary>
    /// <exception cref="NotebookException">What the library refused, in its own sentence.</exception>
    public static int Run(Func<int> work)
    {
        // The library looks for the data from the working directory upwards.
        Environment.CurrentDirectory = Repository.Root;
        TorchNative.Load();
        library::Host.Start();
        try
        {
            return work();
        }
        catch (Exception e)
            when (e is ArgumentException or InvalidOperationException or InvalidDataException)
        {
            throw new NotebookException(e.Message);
        }
    }
}
