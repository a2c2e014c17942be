extern alias library;

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Native;
using Diffusion.Runner.Notebooks;

namespace Diffusion.Runner.Commands;

/// <summary>Commands that compute with the library in this process, instead of in a notebook's.</summary>
internal static class LibraryWork
{
    /// <summary>What <c>--device</c> may say.</summary>
    public static IReadOnlyList<string> Devices { get; } = ["cpu", "cuda"];

    /// <summary>Gets libtorch ready and does the work, with the repository as working directory.</summary>
    /// <param name="device">One of <see cref="Devices"/>.</param>
    /// <exception cref="NotebookException">What the library refused, in its own sentence.</exception>
    public static int Run(string device, Func<int> work)
    {
        if (!Devices.Contains(device))
            throw new NotebookException(
                $"There is no device '{device}': --device is one of {string.Join(", ", Devices)}."
            );
        // The library looks for the data from the working directory upwards.
        Environment.CurrentDirectory = Repository.Root;
        TorchNative.Load();
        library::Host.Start();
        try
        {
            if (device == "cuda")
                library::Host.UseCuda();
            return work();
        }
        catch (Exception e)
            when (e is ArgumentException or InvalidOperationException or InvalidDataException)
        {
            throw new NotebookException(e.Message);
        }
    }
}
